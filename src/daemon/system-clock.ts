import type { Millis } from "../core/member.ts";
import type { Clock } from "../host/ports.ts";

/** Longest delay that a Node timer takes; a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/**
 * The real clock and event loop. Its time has no relation to the wall clock and never goes back.
 */
export class SystemClock implements Clock {
  private timer: NodeJS.Timeout | undefined;

  nowMs(): Millis {
    return performance.now();
  }

  wakeAt(atMs: Millis, wake: () => void): void {
    this.cancelWake();
    const delayMs = Math.min(Math.max(0, Math.ceil(atMs - this.nowMs())), TIMER_MS_MAX);
    this.timer = setTimeout(() => {
      // Node's timers count in whole milliseconds of the loop's own time and may fire a little
      // early.
      if (this.nowMs() < atMs) this.wakeAt(atMs, wake);
      else wake();
    }, delayMs);
  }

  cancelWake(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** An immediate runs after the poll phase, in which libuv reads up to 32 datagrams a socket. */
  nextTurn(callback: () => void): void {
    setImmediate(callback);
  }
}
