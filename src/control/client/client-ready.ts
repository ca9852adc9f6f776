import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "../../core/member.ts";
import { NodeNotReadyError } from "./client-errors.ts";

/** How long to wait for a node that is still starting. */
export interface Patience {
  /** How long a node may take until its view is whole. */
  readonly patienceMs: Millis;
  readonly signal?: AbortSignal | undefined;
  /** Called once, when there is something to wait for. */
  readonly onWaiting?: (why: string) => void;
}

const LOOK_MS: Millis = 100;

/**
 * What `read` gives once the node is ready to answer.
 *
 * @throws NodeNotReadyError when it is not within `patienceMs`; the reason of `signal`; whatever else `read` rejects with
 */
export async function untilReady<T>(
  read: () => Promise<T>,
  { patienceMs, signal, onWaiting }: Patience,
): Promise<T> {
  const endMs = performance.now() + patienceMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof NodeNotReadyError) || performance.now() >= endMs) throw error;
      if (isFirst) onWaiting?.(error.message);
    }
    await pause(LOOK_MS, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
  }
}
