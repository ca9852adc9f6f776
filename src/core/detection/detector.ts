import type { DetectorConfig, ProbeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import { deviationsAt, minusLog10UpperTail } from "../primitives/normal-tail.ts";
import type { MemberExplanation } from "../snapshot.ts";

/** The prior: this many samples around T, until the subject's own replace them. */
const PRIOR_SAMPLES = 8;
const PRIOR_SPREAD = 0.1;
/** From this phi on a subject counts as silent: no live observer, seldom gossiped to. */
const DEVIATIONS_TO_SILENT = deviationsAt(3);
/** The deviation is never taken smaller: regular acks would make phi jump at the first hiccup. */
const DEVIATION_SHARE_MIN = 0.1;
const DEVIATION_MS_MIN = 20;
/** Acks closer together than this many periods, or at least so far apart, are not samples. */
const BURST_PERIODS = 0.75;
const OUTAGE_PERIODS = 1.25;

/**
 * A phi accrual detector for one subject (Hayashibara et al., SRDS 2004; docs/protocol.md §12, rule
 * 3): the suspicion level of a silence, learned from the intervals between the subject's acks. Phi
 * = −log10 P(silence this long | alive) under a normal fitted to the window, so phi 8 means one in
 * 10⁸.
 */
export class Detector {
  private readonly samples: number[] = [];
  private next = 0;
  private sum = 0;
  private squares = 0;
  private lastAckAt: Millis | undefined;
  private lastHeardAt: Millis;
  /** Nothing is expected of the subject before: its silence up to then says nothing. */
  private restsUntil: Millis = Number.NEGATIVE_INFINITY;
  private readonly config: DetectorConfig & Pick<ProbeConfig, "probeIntervalMs">;
  private readonly deviationsToSuspect: number;

  constructor(config: DetectorConfig & Pick<ProbeConfig, "probeIntervalMs">, now: Millis) {
    this.config = config;
    this.lastHeardAt = now;
    this.deviationsToSuspect = deviationsAt(config.phiSuspect);
    for (let i = 0; i < PRIOR_SAMPLES; i++) {
      const side = i % 2 === 0 ? 1 : -1;
      this.learn(config.probeIntervalMs * (1 + side * PRIOR_SPREAD));
    }
  }

  /** Any direct evidence ends the silence; only acks are samples. */
  recordHeard(now: Millis): void {
    this.lastHeardAt = Math.max(this.lastHeardAt, now);
  }

  /**
   * An ack came. Its distance from the ack before is learned where `mayLearn` says that nobody
   * stood still, and where it is a sample of the rhythm that the silence is measured by.
   */
  onAck(now: Millis, mayLearn: boolean): void {
    const gap =
      this.lastAckAt === undefined ? undefined : now - Math.max(this.lastAckAt, this.restsUntil);
    this.lastAckAt = now;
    if (gap !== undefined && mayLearn && this.isOfTheRhythm(gap)) this.learn(gap);
  }

  /**
   * The next ping leaves at that moment, later than a period from now or sooner: the silence before
   * the last period up to it does not count (docs/protocol.md §12, rule 43).
   */
  expectPingAt(at: Millis): void {
    this.restsUntil = at - this.config.probeIntervalMs;
  }

  /** The gap that is open now will not be learned. */
  skipGap(): void {
    this.lastAckAt = undefined;
  }

  /** The suspicion level of the present silence: 0 or more, always finite. */
  phi(now: Millis): number {
    return minusLog10UpperTail((now - this.silentSince - this.meanMs) / this.deviationMs);
  }

  /** Whether phi is 3 or more; asked all the time, so phi itself is not worked out. */
  isSilent(now: Millis): boolean {
    const silenceMs = now - this.silentSince;
    return silenceMs >= this.meanMs + DEVIATIONS_TO_SILENT * this.deviationMs;
  }

  /** When phi reaches `phiSuspect` if the silence goes on. */
  suspectAt(): Millis {
    return this.silentSince + this.meanMs + this.deviationsToSuspect * this.deviationMs;
  }

  /** The mean of the intervals, in ms. */
  get meanMs(): Millis {
    return this.sum / this.samples.length;
  }

  /** Their standard deviation, in ms, not below its floor. */
  get deviationMs(): Millis {
    return Math.max(this.ownDeviationMs, this.deviationFloorMs);
  }

  /** Whether the deviation is the floor, not the sample's own. */
  get isAtFloor(): boolean {
    return this.ownDeviationMs <= this.deviationFloorMs;
  }

  /** What phi is made of, for people. */
  explain(now: Millis): NonNullable<MemberExplanation["detector"]> {
    return {
      intervalsMs: this.intervalsMs,
      meanMs: this.meanMs,
      deviationMs: this.deviationMs,
      atFloor: this.isAtFloor,
      phiSuspect: this.config.phiSuspect,
      suspectedInMs: Math.max(0, this.suspectAt() - now),
    };
  }

  /** Oldest first. */
  get intervalsMs(): readonly Millis[] {
    const wrapped = this.samples.length < this.config.windowSamples ? 0 : this.next;
    return [...this.samples.slice(wrapped), ...this.samples.slice(0, wrapped)];
  }

  /** Takes a span in which this node could not hear out of the silence. */
  shift(byMs: Millis, now: Millis): void {
    this.lastHeardAt = Math.min(now, this.lastHeardAt + byMs);
    if (this.restsUntil < now) this.restsUntil = Math.min(now, this.restsUntil + byMs);
    this.skipGap();
  }

  /**
   * A gap of more than a quarter over the period is an outage of the answers, or a path that got
   * slower; other datagrams may have come meanwhile. One as far below comes from a repeated ping,
   * or from a path that got faster. Neither is a sample of the rhythm. Both bounds are fixed shares
   * of T: if they followed the window, one bad sample would decide which samples can follow it
   * (docs/protocol.md §12, rule 31; own, shown by `scenarios/deaf-then-frozen.yaml`).
   */
  private isOfTheRhythm(gapMs: Millis): boolean {
    const periods = gapMs / this.config.probeIntervalMs;
    return periods >= BURST_PERIODS && periods < OUTAGE_PERIODS;
  }

  private get silentSince(): Millis {
    return Math.max(this.lastHeardAt, this.restsUntil);
  }

  private get ownDeviationMs(): Millis {
    const count = this.samples.length;
    return Math.sqrt(Math.max(0, this.squares / count - (this.sum / count) ** 2));
  }

  private get deviationFloorMs(): Millis {
    return Math.max(DEVIATION_SHARE_MIN * this.meanMs, DEVIATION_MS_MIN);
  }

  private learn(gap: Millis): void {
    const { windowSamples } = this.config;
    const replaced = this.samples.length < windowSamples ? undefined : this.samples[this.next];
    if (replaced !== undefined) {
      this.sum -= replaced;
      this.squares -= replaced * replaced;
    }
    this.samples[this.next] = gap;
    this.next = (this.next + 1) % windowSamples;
    this.sum += gap;
    this.squares += gap * gap;
  }
}
