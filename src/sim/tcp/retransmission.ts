import type { Millis } from "../../core/member.ts";
import type { EventHeap, Scheduled } from "../event-heap.ts";

/**
 * A kernel repeats a SYN after the first of these. After the second it would again, but by then the
 * daemon has given up.
 */
export const SYN_WAITS_MS: readonly Millis[] = [1000, 2000];

/** The same of data, of which the connection dies: 15 s in all. */
export const DATA_WAITS_MS: readonly Millis[] = [200, 400, 800, 1600, 3200, 6400, 2400];

/** The same of a FIN whose process is gone: longer cuts leave the other end open. */
export const FIN_WAITS_MS: readonly Millis[] = [
  ...[200, 400, 800, 1600, 3200, 6400, 12_800, 25_600],
  60_000,
];

/** The same of a keepalive. */
export const KEEPALIVE_WAITS_MS: readonly Millis[] = Array.from({ length: 10 }, () => 1000);

interface RetransmissionOptions {
  readonly waitsMs: readonly Millis[];
  readonly send: (retransmission: Retransmission) => void;
  /** The last wait has passed. */
  readonly giveUp?: () => void;
}

/** Something that a kernel sends at once and again and again, until it is stopped. */
export class Retransmission {
  private readonly heap: EventHeap;
  private readonly options: RetransmissionOptions;
  private timer: Scheduled | undefined;
  private sent = 0;
  private hasEnded = false;

  constructor(heap: EventHeap, options: RetransmissionOptions) {
    this.heap = heap;
    this.options = options;
    this.next();
  }

  get isStopped(): boolean {
    return this.hasEnded;
  }

  stop(): void {
    this.hasEnded = true;
    this.timer?.cancel();
  }

  private next(): void {
    const { waitsMs, send, giveUp } = this.options;
    const waitMs = waitsMs[this.sent];
    if (waitMs === undefined) {
      this.hasEnded = true;
      giveUp?.();
      return;
    }
    this.sent++;
    this.timer = this.heap.at(this.heap.nowMs + waitMs, () => this.next());
    send(this);
  }
}
