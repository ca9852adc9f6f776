import type { NodeConfig } from "../config.ts";
import type { AccusationReason, MemberName, Millis } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { MessageBody } from "../message.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import type { Observers } from "../observing/observers.ts";
import { earliest, NEVER, type Timed } from "../primitives/deadlines.ts";
import { jitter, type Rng } from "../primitives/rng.ts";
import type { Sequence } from "../primitives/sequence.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { LocalHealth } from "./local-health.ts";
import { Rounds } from "./rounds.ts";
import type { Spies } from "./spies.ts";
import { Subject } from "./subject.ts";
import { mayRest, turnAt } from "./turns.ts";

type Ack = Pick<Extract<MessageBody, { kind: "ack" }>, "seq" | "turnMs">;

/** All in periods. Regular pings are so much apart, more or less. */
const PING_JITTER = 0.1;
/** A member that somebody here depends on: the other observers, in turns, find its silence later. */
const WATCHED_PERIODS = 0.8;
const PING_ALL_PERIODS = 0.25;
/** When subjects are asked when the calm is over: not while the news of a crash spreads. */
const HASTEN_AFTER_PERIODS = 0.25;
const HASTEN_PERIODS = 0.5;

/** What the prober asks of the parts around it. */
export interface ProberParts {
  readonly config: NodeConfig;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
  readonly lastHeard: LastHeard;
  readonly localHealth: LocalHealth;
  readonly spies: Spies;
  readonly observers: Observers;
  readonly isCalm: (now: Millis) => boolean;
  /** Something is wrong in the cluster, or with this node. */
  readonly alarm: (now: Millis) => void;
  readonly selfName: MemberName;
  /** Whether a refusal stands against the member. */
  readonly wasRefused: (subject: MemberName) => boolean;
  /** What this node accuses the member of; undefined where it does not. */
  readonly ownEvidence: (subject: MemberName) => AccusationReason | undefined;
  readonly isSilent: (name: MemberName, now: Millis) => boolean;
  readonly isIsolated: () => boolean;
  readonly accuse: (subject: Member, evidence: AccusationReason, phi: number, now: Millis) => void;
}

/**
 * Pings the subjects, repeats what is not answered, and runs the rounds that end in evidence or in
 * an accusation.
 */
export class Prober implements Timed {
  private readonly subjects = new Map<MemberName, Subject>();
  private pingAllNotBefore: Millis = Number.NEGATIVE_INFINITY;
  private readonly rounds: Rounds;
  private readonly parts: ProberParts;

  constructor(parts: ProberParts) {
    this.parts = parts;
    this.rounds = new Rounds({ ...parts, ping: (subject, now) => this.ping(subject, now) });
  }

  /** All subjects. */
  get all(): Iterable<Subject> {
    return this.subjects.values();
  }

  /**
   * Observes exactly these members, a restarted one afresh, and those that this node accuses: else it
   * could not say what it learns of them later. First pings are spread over T, but for those that
   * take the place of a dead one (docs/protocol.md §12, rule 1): they may have died with it, and with
   * all that observed them.
   */
  retarget(members: readonly Member[], now: Millis): void {
    const { config, rng, ownEvidence, table } = this.parts;
    let spreadMs = config.probeIntervalMs;
    const wanted = new Map(members.map((member) => [member.name, member.record.startId]));
    for (const [name, subject] of this.subjects) {
      const isAccused = !wanted.has(name) && ownEvidence(name) !== undefined;
      if (wanted.get(name) === subject.startId || isAccused) continue;
      this.subjects.delete(name);
      if (table.get(name)?.state === "dead") spreadMs = 0;
    }
    for (const [name, startId] of wanted) {
      const known = this.subjects.get(name);
      if (known !== undefined && !this.mayRest(known)) this.hasten(known, now);
      if (known !== undefined) continue;
      const firstPingAt = now + rng.next() * spreadMs;
      this.subjects.set(name, new Subject(name, startId, config, firstPingAt, now));
    }
    this.keepWires();
  }

  /** A wire to each subject, and to nobody else. */
  keepWires(): void {
    const { config, table, outbox } = this.parts;
    if (!config.wires) return;
    const to = [...this.subjects.values()].flatMap(({ name: member, startId }) => {
      const endpoint = table.get(member)?.record.endpoint;
      return endpoint === undefined ? [] : [{ member, startId, endpoint }];
    });
    outbox.keepWires(to);
  }

  /** What is kept about a subject; undefined for members that are not observed. */
  get(name: MemberName): Subject | undefined {
    return this.subjects.get(name);
  }

  /** The suspicion level of a subject, or null for a member that is not observed. */
  phi(name: MemberName, now: Millis): number | null {
    return this.subjects.get(name)?.phi(now) ?? null;
  }

  /** Whether the subject is silent for so long that phi is 3 or more; false for others. */
  isSilent(name: MemberName, now: Millis): boolean {
    return this.subjects.get(name)?.detector.isSilent(now) ?? false;
  }

  /** Whether this node has lost sight of the member: it is suspect or silent. */
  isUnseen(name: MemberName, now: Millis): boolean {
    return this.parts.table.get(name)?.state === "suspect" || this.isSilent(name, now);
  }

  /** The subject was heard directly. */
  recordHeard(name: MemberName, now: Millis): void {
    this.subjects.get(name)?.recordHeard(now);
  }

  /**
   * An ack came; one to a ping of ours improves local health. While all is calm the next ping waits
   * for the turn that the subject gives (docs/protocol.md §12, rule 43).
   */
  onAck(name: MemberName, { seq, turnMs }: Ack, now: Millis, mayLearn: boolean): void {
    const subject = this.subjects.get(name);
    if (!subject?.onAck(seq, now, mayLearn)) return;
    this.parts.localHealth.onAck();
    if (turnMs === undefined || !this.parts.isCalm(now) || !this.mayRest(subject)) return;
    subject.askAt(turnAt(turnMs, this.parts.config.probeIntervalMs, now));
  }

  /** The calm is over: no subject rests any longer. */
  hastenAll(now: Millis): void {
    for (const subject of this.subjects.values()) this.hasten(subject, now);
  }

  /** Nobody is heard: is it this node? Who watches it should hear it, at least. */
  pingObservers(): void {
    const { table, outbox, observers, selfName } = this.parts;
    const self = table.get(selfName);
    if (self === undefined) return;
    for (const observer of observers.observersOf(self)) outbox.ping(toMember(observer));
  }

  /** A helper heard the subject that we could not reach. */
  onRelayedAck(name: MemberName, helper: MemberName, seq: number, now: Millis): void {
    const subject = this.subjects.get(name);
    if (subject !== undefined) this.rounds.onRelayedAck(subject, helper, seq, now);
  }

  /** A helper could not reach the subject, either. */
  onNack(name: MemberName, helper: MemberName, seq: number): void {
    const subject = this.subjects.get(name);
    if (subject !== undefined) this.rounds.onNack(subject, helper, seq);
  }

  /** Another observer was refused: look for ourselves, at once. */
  confirmRefusal(name: MemberName, now: Millis): void {
    const subject = this.subjects.get(name);
    if (subject === undefined || subject.kernel.isInDoubt) return;
    if (!subject.refusals.mayPingOnRequest(now)) return;
    subject.kernel.askAgain();
    this.ping(subject, now);
    this.parts.spies.dial(subject, now);
  }

  /** Another observer accuses the subject: look for ourselves, at once. */
  lookNow(name: MemberName, evidence: AccusationReason, now: Millis): void {
    const subject = this.subjects.get(name);
    if (subject === undefined || !this.parts.spies.canTell(subject)) return;
    if (evidence !== "frozen") subject.kernel.askAgain();
    const isLooking = subject.round !== undefined || subject.retryAt !== NEVER;
    if (!isLooking && subject.refusals.mayPingOnRequest(now)) subject.pingAt = now;
  }

  /** Cut off, and yet somebody was heard: are the subjects back, too? At most once in T/4. */
  pingAll(now: Millis): void {
    if (now < this.pingAllNotBefore) return;
    this.pingAllNotBefore = now + PING_ALL_PERIODS * this.parts.config.probeIntervalMs;
    for (const subject of this.subjects.values()) this.ping(subject, now);
  }

  wake(now: Millis): void {
    for (const subject of this.subjects.values()) {
      if (now >= subject.pingAt) this.pingRegularly(subject, now);
      if (now >= subject.retryAt) this.retry(subject, now);
      if (now >= subject.refusals.repingAt) this.reping(subject, now);
      if (now >= subject.kernel.urgentAt) this.pingUrgently(subject, now);
      if (now >= this.rounds.dueAt(subject)) this.rounds.goOn(subject, now);
    }
  }

  nextDeadline(): Millis {
    return earliest(this.subjects.values(), (subject) =>
      Math.min(
        subject.pingAt,
        subject.retryAt,
        subject.refusals.repingAt,
        subject.kernel.urgentAt,
        this.rounds.dueAt(subject),
      ),
    );
  }

  /** Takes a span in which this node could not hear out of every silence and deadline. */
  shift(byMs: Millis, now: Millis): void {
    for (const subject of this.subjects.values()) subject.shift(byMs, now);
  }

  private mayRest(subject: Subject): boolean {
    const { spies, observers } = this.parts;
    return mayRest(subject, spies.canTell(subject), observers.isWatched(subject.name));
  }

  private hasten(subject: Subject, now: Millis): void {
    const { config, rng } = this.parts;
    if (!subject.isResting) return;
    const periods = HASTEN_AFTER_PERIODS + rng.next() * HASTEN_PERIODS;
    const soon = now + periods * config.probeIntervalMs;
    if (soon < subject.pingAt) subject.askAt(soon);
  }

  private pingRegularly(subject: Subject, now: Millis): void {
    const { config, rng, observers } = this.parts;
    const share = config.wires && observers.isWatched(subject.name) ? WATCHED_PERIODS : 1;
    subject.endRest(now + jitter(rng, share * config.probeIntervalMs, PING_JITTER));
    subject.retriesLeft = this.parts.spies.canTell(subject)
      ? subject.pingLoss.pingsToDoubt(config.lookPhi) - 2
      : config.pingRetries;
    this.pingAndRetry(subject, now);
  }

  private retry(subject: Subject, now: Millis): void {
    subject.retriesLeft--;
    this.pingAndRetry(subject, now);
  }

  /**
   * One ping, to be repeated while it stays unanswered (docs/protocol.md §12, rules 5 and 32; own,
   * where SWIM §3.1 asks others at once; shown by `scenarios/lossy-30.yaml`). Where spies can tell,
   * a round begins when all repeats are gone (rule 41); else phi decides alone.
   */
  private pingAndRetry(subject: Subject, now: Millis): void {
    this.ping(subject, now);
    this.parts.spies.follow(subject, now);
    const waitedAt = now + subject.roundTrip.retryWaitMs;
    subject.retryAt = subject.retriesLeft > 0 ? waitedAt : NEVER;
    subject.doubtedAt =
      subject.retriesLeft === 0 && this.parts.spies.canTell(subject) ? waitedAt : NEVER;
  }

  /** Its wire closed: its port is tried by both ways, again and again within a moment. */
  private pingUrgently(subject: Subject, now: Millis): void {
    this.parts.alarm(now);
    subject.kernel.noteUrgent(now);
    this.ping(subject, now);
    this.parts.spies.dial(subject, now);
  }

  private reping(subject: Subject, now: Millis): void {
    subject.refusals.noteReping(subject.roundTrip.retryWaitMs, now);
    this.ping(subject, now);
    this.parts.spies.dial(subject, now);
  }

  private ping(subject: Subject, now: Millis): number {
    const { table, outbox, sequence, wasRefused } = this.parts;
    const member = table.get(subject.name);
    if (member === undefined) return sequence.next();
    // What rides on a ping to a process that is probably gone would count as sent, and be lost.
    const piggyback = !subject.isProbablyGone && !wasRefused(subject.name);
    const seq = outbox.ping({ ...toMember(member), probe: true }, { piggyback });
    subject.notePing(seq, now);
    return seq;
  }
}
