import type { NodeConfig } from "../config.ts";
import type { MemberName, Millis, StartId } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";
import { Detector } from "./detector.ts";
import { Kernel } from "./kernel.ts";
import { PingLoss } from "./ping-loss.ts";
import type { ProbeRound } from "./probe-round.ts";
import { Refusals } from "./refusals.ts";
import { RoundTrip } from "./round-trip.ts";

/**
 * Pings remembered, so that a late ack or a refusal finds the one it speaks of: with all retries
 * those of 20 periods, so that a round trip of many periods is learned, too.
 */
const PINGS_KEPT = 60;

/** In periods. */
const ANSWERS_WITHIN_PERIODS = 1.5;

/** What a subject goes by: all of it is of a `NodeConfig`. */
export type SubjectConfig = Pick<
  NodeConfig,
  "probeIntervalMs" | "retryWaitMsMin" | "phiSuspect" | "windowSamples" | "frozenGraceMs"
>;

interface SentPing {
  readonly seq: number;
  readonly at: Millis;
  /** The same without the time in which this node could not hear. */
  openSince: Millis;
}

/**
 * What this node keeps about one member it pings: its rhythm, its round trip, and the probe that is
 * under way.
 */
export class Subject {
  readonly name: MemberName;
  readonly startId: StartId;
  readonly detector: Detector;
  readonly roundTrip: RoundTrip;
  readonly pingLoss = new PingLoss();
  readonly refusals = new Refusals();
  readonly kernel: Kernel;
  /** The next regular ping. */
  pingAt: Millis;
  /** Whether the next ping waits for this node's turn. */
  isResting = false;
  /** When the open ping is repeated, or NEVER. */
  retryAt: Millis = NEVER;
  retriesLeft = 0;
  /** When so many pings stayed unanswered that the subject is doubted, or NEVER. */
  doubtedAt: Millis = NEVER;
  round: ProbeRound | undefined;
  /** No new round before this: the last one was answered through a helper, or could not accuse. */
  roundNotBefore: Millis = Number.NEGATIVE_INFINITY;
  reachedThrough: MemberName | null = null;
  private pings: SentPing[] = [];
  private lastHeardAt: Millis;
  private lastAckAt: Millis = Number.NEGATIVE_INFINITY;
  private readonly periodMs: Millis;

  constructor(
    name: MemberName,
    startId: StartId,
    config: SubjectConfig,
    firstPingAt: Millis,
    now: Millis,
  ) {
    this.name = name;
    this.startId = startId;
    this.detector = new Detector(config, now);
    this.roundTrip = new RoundTrip(config);
    this.kernel = new Kernel(config);
    this.periodMs = config.probeIntervalMs;
    this.lastHeardAt = now;
    this.pingAt = firstPingAt;
  }

  /** It rests: the next regular ping leaves then, and not a period after the last. */
  askAt(at: Millis): void {
    this.isResting = true;
    this.pingAt = at;
    this.detector.expectPingAt(at);
  }

  /** It is asked now, and again at that moment. */
  endRest(nextPingAt: Millis): void {
    this.isResting = false;
    this.pingAt = nextPingAt;
  }

  /** A ping was sent. */
  notePing(seq: number, at: Millis): void {
    this.pings.push({ seq, at, openSince: at });
    if (this.pings.length > PINGS_KEPT) this.pings.shift();
  }

  /** Forgets one ping and says when it was sent. */
  takePing(seq: number): Millis | undefined {
    const sentAt = this.pings.find((ping) => ping.seq === seq)?.at;
    this.pings = this.pings.filter((ping) => ping.seq !== seq);
    return sentAt;
  }

  /**
   * An ack, if it is to one of our pings: returns whether it is. `mayLearn` is false while this
   * node or the subject stood still.
   */
  onAck(seq: number, now: Millis, mayLearn: boolean): boolean {
    const sentAt = this.pings.find((ping) => ping.seq === seq)?.at;
    if (sentAt === undefined) return false;
    if (mayLearn) this.roundTrip.add(now - sentAt);
    this.detector.onAck(now, mayLearn);
    this.kernel.onAck(sentAt);
    this.lastAckAt = now;
    this.pingLoss.onAnswered(this.pings.filter((ping) => ping.at < sentAt).length);
    this.pings = this.pings.filter((ping) => ping.at > sentAt);
    return true;
  }

  /**
   * How slow the subject is: the surprise at all its pings that are open still, given how long its
   * answers take and how many get lost (docs/protocol.md §12, rule 42; own, after Hayashibara et
   * al., SRDS 2004). 0 or more, finite.
   */
  slowness(now: Millis): number {
    return this.pings.reduce((sum, { openSince }) => {
      const chance = this.roundTrip.chanceBeyond(now - openSince);
      return sum + this.pingLoss.phiOfOpen(chance);
    }, 0);
  }

  /** The suspicion level that everybody sees and chooses by: of its silence, or of its slowness. */
  phi(now: Millis): number {
    return Math.max(this.detector.phi(now), this.slowness(now));
  }

  /** Whether its wire closed, or its port refused, and it was not heard since. */
  get isProbablyGone(): boolean {
    return this.kernel.isInDoubt || this.refusals.inARow > 0;
  }

  /**
   * Whether it answers pings while it lives. One that is heard otherwise, and answers none, has a
   * path that is broken in one direction: that pings stay unanswered says nothing about it.
   */
  get answersPings(): boolean {
    if (this.lastAckAt === Number.NEGATIVE_INFINITY) return false;
    const [oldest] = this.pings;
    const openForMs = oldest === undefined ? 0 : this.lastHeardAt - oldest.at;
    return openForMs <= ANSWERS_WITHIN_PERIODS * this.periodMs;
  }

  /** Direct evidence of life ends whatever was being tried. */
  recordHeard(now: Millis): void {
    this.detector.recordHeard(now);
    this.lastHeardAt = now;
    this.retryAt = NEVER;
    this.doubtedAt = NEVER;
    this.round = undefined;
    this.reachedThrough = null;
    this.refusals.recordHeard(now);
    this.kernel.recordHeard();
  }

  /** Takes a span in which this node could not hear out of every silence and deadline. */
  shift(byMs: Millis, now: Millis): void {
    this.detector.shift(byMs, now);
    for (const ping of this.pings) ping.openSince = Math.min(now, ping.openSince + byMs);
    this.retryAt += byMs;
    this.doubtedAt += byMs;
    this.round?.shift(byMs, now);
  }

  /** For how long the oldest open ping has been unanswered; undefined where none is open. */
  waitingMs(now: Millis): Millis | undefined {
    const [oldest] = this.pings;
    return oldest === undefined ? undefined : Math.max(0, now - oldest.openSince);
  }

  /** Pings that no later ack has made irrelevant. */
  get pingsUnanswered(): number {
    return this.pings.length;
  }

  /** The probe round is over; the next one begins at `notBefore` at the earliest. */
  endRound(notBefore: Millis): void {
    this.round = undefined;
    this.roundNotBefore = notBefore;
  }
}
