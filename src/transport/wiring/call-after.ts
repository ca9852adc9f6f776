import type { Millis } from "../../core/member.ts";

/**
 * Calls `call` after `ms` and one turn of the loop: after a stall the timer is due before what
 * arrived meanwhile was read. Returns what takes it back. Keeps no process alive.
 */
export function callAfter(ms: Millis, call: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    turn = setImmediate(call);
  }, ms).unref();
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
