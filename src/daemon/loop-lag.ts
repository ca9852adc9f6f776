import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Millis } from "../core/member.ts";

/** An idle process is woken up so often for this alone. */
const RESOLUTION_MS = 1000;
const WINDOW_MS = 30_000;

/** How late this process' event loop runs: the 99th percentile over the last half minute or so. */
export class LoopLag {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private readonly rotation: NodeJS.Timeout;
  private lastWindowMs: Millis | null = null;

  constructor() {
    this.histogram.enable();
    this.rotation = setInterval(() => this.rotate(), WINDOW_MS).unref();
  }

  /** Null until there is a sample. */
  p99Ms(): Millis | null {
    return this.lastWindowMs ?? this.read();
  }

  close(): void {
    clearInterval(this.rotation);
    this.histogram.disable();
  }

  private rotate(): void {
    this.lastWindowMs = this.read();
    this.histogram.reset();
  }

  // The histogram holds the time between two samples, of which the resolution is no lag.
  private read(): Millis | null {
    if (this.histogram.count === 0) return null;
    const lagMs = this.histogram.percentile(99) / 1e6 - RESOLUTION_MS;
    return Number(Math.max(0, lagMs).toFixed(1));
  }
}
