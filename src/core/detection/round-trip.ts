import type { ProbeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import { minusLog10UpperTail } from "../primitives/normal-tail.ts";

/** Weight of a new sample. */
const GAIN = 1 / 8;
/** Answers in a row that took less than this share of the mean come over another path. */
const FASTER_SHARE = 0.25;
const FASTER_IN_A_ROW = 2;
/** How many deviations above the mean an answer may take before the ping is repeated. */
const PATIENCE = 2.8;
/**
 * In periods: no ping is waited for longer, whatever the path did a moment ago. A repeated ping
 * costs a datagram; a wait that remembers an outage would delay every detection after it.
 */
const RETRY_WAIT_PERIODS_MAX = 0.25;
/** For judging one answer: regular ones would make any hiccup look like illness. */
const DEVIATION_SHARE_MIN = 0.25;
const DEVIATION_MS_MIN = 20;

/**
 * Running mean and deviation of one subject's round trips, from successes only (docs/protocol.md
 * §12, rules 5 and 32; own, shown by `hearsay sim --swarm --story slow-round-trips`).
 */
export class RoundTrip {
  private mean: Millis | undefined;
  private variance = 0;
  private fasterInARow = 0;
  private readonly config: Pick<ProbeConfig, "retryWaitMsMin" | "probeIntervalMs">;

  constructor(config: Pick<ProbeConfig, "retryWaitMsMin" | "probeIntervalMs">) {
    this.config = config;
  }

  /**
   * Learns one round trip. Where an outage or a detour is over, what it took is forgotten at once:
   * else the pings of a look would be as far apart as then.
   */
  add(sampleMs: Millis): void {
    const isFaster = this.mean !== undefined && sampleMs < FASTER_SHARE * this.mean;
    this.fasterInARow = isFaster ? this.fasterInARow + 1 : 0;
    if (this.mean === undefined || this.fasterInARow >= FASTER_IN_A_ROW) {
      this.mean = sampleMs;
      this.variance = (sampleMs / 2) ** 2;
      return;
    }
    const difference = sampleMs - this.mean;
    this.mean += GAIN * difference;
    this.variance = (1 - GAIN) * (this.variance + GAIN * difference * difference);
  }

  /** How long one ping is waited for; the longest wait while nothing is known. */
  get retryWaitMs(): Millis {
    return Math.max(this.config.retryWaitMsMin, Math.min(this.longestWaitMs, this.usualMs));
  }

  /** Whether answers usually come within the longest wait; false while nothing is known. */
  get isQuick(): boolean {
    return this.usualMs < this.longestWaitMs;
  }

  /**
   * How likely an answer takes longer than `ageMs`, which it has taken already: 1 to 0, and 1 while
   * nothing is known. The deviation is never taken smaller than a quarter of the mean, or 20 ms.
   */
  chanceBeyond(ageMs: Millis): number {
    if (this.mean === undefined) return 1;
    const least = Math.max(DEVIATION_MS_MIN, DEVIATION_SHARE_MIN * this.mean);
    const deviation = Math.max(least, Math.sqrt(this.variance));
    const surprise = (ms: Millis): number =>
      minusLog10UpperTail((ms - (this.mean ?? 0)) / deviation);
    return 10 ** (surprise(0) - surprise(Math.max(0, ageMs)));
  }

  private get longestWaitMs(): Millis {
    return RETRY_WAIT_PERIODS_MAX * this.config.probeIntervalMs;
  }

  private get usualMs(): Millis {
    if (this.mean === undefined) return Number.POSITIVE_INFINITY;
    return this.mean + PATIENCE * Math.sqrt(this.variance);
  }

  /** Mean and deviation in ms; null while nothing is known. */
  get estimate(): { readonly mean: Millis; readonly deviation: Millis } | null {
    if (this.mean === undefined) return null;
    return { mean: this.mean, deviation: Math.sqrt(this.variance) };
  }
}
