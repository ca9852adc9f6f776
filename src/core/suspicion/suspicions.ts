import type { NodeConfig } from "../config.ts";
import {
  type AccusationUpdate,
  type Evidence as EvidenceKind,
  isPresent,
  type MemberName,
  type Millis,
  type Update,
} from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import type { Observers } from "../observing/observers.ts";
import { earliest, NEVER, type Timed } from "../primitives/deadlines.ts";
import { Throttle } from "../primitives/throttle.ts";
import type { Dissemination } from "../sending/dissemination.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import type { SuspicionSnapshot } from "../snapshot.ts";
import { evaluateSuspicion, type SuspicionContext, type Verdict } from "./quorum.ts";
import { Suspicion } from "./suspicion.ts";

/** Suspicions are judged anew this often a period, because observers fall silent themselves. */
const JUDGED_PER_PERIOD = 8;

type Ending = NonNullable<SuspicionSnapshot["ended"]>["how"];

/** A suspicion that is over, kept so that `explain` can tell it. */
interface EndedSuspicion {
  readonly suspicion: Suspicion;
  readonly how: Ending;
  readonly at: Millis;
}

/** What the suspicions ask of the parts around them. */
export interface SuspicionsParts {
  readonly config: NodeConfig;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly dissemination: Dissemination;
  readonly observers: Observers;
  readonly context: SuspicionContext;
  readonly becomeSuspect: (subject: Member, first: AccusationUpdate, now: Millis) => void;
  readonly declareDead: (subject: Member, verdict: Verdict, now: Millis) => void;
  /** Another node was refused by the subject's host. */
  readonly confirmRefusal: (subject: MemberName, now: Millis) => void;
  readonly isSilent: (subject: MemberName, now: Millis) => boolean;
}

/** All suspicions that this node holds, from the first accusation to refutation or death. */
export class Suspicions implements Timed {
  private readonly open = new Map<MemberName, Suspicion>();
  private readonly ended = new Map<MemberName, EndedSuspicion>();
  private readonly tellings: Throttle;
  /** The next judgement of all suspicions; and of any, because something changed or a grace ends. */
  private judgeAllAt: Millis = NEVER;
  private judgeAt: Millis = NEVER;
  private judgedAt: Millis = Number.NEGATIVE_INFINITY;
  private readonly changed = new Set<MemberName>();
  private readonly parts: SuspicionsParts;

  constructor(parts: SuspicionsParts) {
    this.parts = parts;
    this.tellings = new Throttle(parts.config.probeIntervalMs / 4);
  }

  get count(): number {
    return this.open.size;
  }

  get(subject: MemberName): Suspicion | undefined {
    return this.open.get(subject);
  }

  lastEnded(subject: MemberName): EndedSuspicion | undefined {
    return this.ended.get(subject);
  }

  isAccusedByUs(subject: MemberName): boolean {
    return this.open.get(subject)?.has(this.parts.selfName) ?? false;
  }

  isAccusedByOthers(subject: MemberName): boolean {
    const { selfName } = this.parts;
    return this.open.get(subject)?.all.some(({ update }) => update.accuser !== selfName) ?? false;
  }

  /** Whether a refusal was among the accusations that stand, or that the member died of. */
  wasRefused(subject: MemberName): boolean {
    const last = this.ended.get(subject);
    const diedOf = last?.how === "dead" ? last.suspicion : undefined;
    return (this.open.get(subject) ?? diedOf)?.wasRefused ?? false;
  }

  /** What the subject is told in every ping while it is suspect. */
  buddyUpdates(subject: MemberName): readonly Update[] {
    const suspicion = this.open.get(subject);
    return suspicion === undefined ? [] : [suspicion.accusationForSubject];
  }

  /** This node's own accusation, told to the subject and to its other observers. */
  accuse(subject: Member, evidence: EvidenceKind, phi: number, now: Millis): void {
    if (!isPresent(subject.state)) return;
    const { startId, incarnation } = subject.record;
    const accuser = this.parts.selfName;
    const update = {
      kind: "accusation",
      subject: subject.name,
      startId,
      incarnation,
      accuser,
      evidence,
      phi,
    } as const;
    if (this.take(update, now)) this.tell(update, now);
  }

  /** Anybody's accusation about the incarnation that we hold. Returns whether it was news. */
  take(update: AccusationUpdate, now: Millis): boolean {
    const { table, outbox, dissemination, observers, selfName, becomeSuspect } = this.parts;
    const subject = table.get(update.subject);
    if (subject === undefined || !isPresent(subject.state)) return false;
    const suspicion = this.open.get(update.subject) ?? new Suspicion(update, now);
    const isFirst = suspicion.isEmpty;
    if (!suspicion.add(update, now)) return false;
    if (isFirst)
      suspicion.initialObservers = observers.observersOf(subject).map(({ name }) => name);
    this.open.set(update.subject, suspicion);
    if (subject.state === "alive") becomeSuspect(subject, update, now);
    const { subject: member, accuser, evidence, incarnation, phi } = update;
    outbox.event({ kind: "accused", member, accuser, evidence, incarnation, phi });
    if (!isSuperfluous(suspicion, evidence)) dissemination.add(update);
    this.changed.add(member);
    if (this.judgeAllAt === NEVER) this.judgeAllAt = now;
    this.judgeAt = Math.min(this.judgeAt, now);
    if (evidence === "refused" && accuser !== selfName) this.parts.confirmRefusal(member, now);
    return true;
  }

  /**
   * Direct evidence from a suspect: it is not dead. It is told, and returns to alive by its own
   * word.
   */
  recordHeard(name: MemberName, now: Millis): void {
    const suspicion = this.open.get(name);
    if (suspicion === undefined) return;
    this.clear(name, "heard");
    const member = this.parts.table.get(name);
    if (member === undefined || !this.tellings.allows(name, now)) return;
    this.parts.outbox.send(
      toMember(member),
      { kind: "gossip" },
      { updates: [suspicion.accusationForSubject] },
    );
  }

  /**
   * This node was cut off: what it accused of meanwhile says nothing about others, and is not passed
   * on.
   */
  withdrawOwn(): void {
    for (const [subject, suspicion] of this.open) {
      if (suspicion.withdraw(this.parts.selfName)) this.stopTelling(subject);
    }
  }

  /** Stops the clocks of a suspicion; the state itself waits for a higher incarnation. */
  clear(name: MemberName, cause: "heard" | "refuted"): void {
    if (this.isAccusedByUs(name)) this.stopTelling(name);
    const hadAny = this.open.get(name)?.clear() ?? false;
    if (hadAny) this.parts.outbox.event({ kind: "suspicion-cleared", member: name, cause });
  }

  /** A change of state or incarnation ends the suspicion of what was before. */
  noteTransition({ member, previous }: Transition, now: Millis): void {
    const suspicion = this.open.get(member.name);
    const isSame =
      member.state === "suspect" && previous?.incarnation === member.record.incarnation;
    if (suspicion === undefined || isSame) return;
    this.open.delete(member.name);
    this.ended.set(member.name, { suspicion, how: endingOf(member), at: now });
  }

  wake(now: Millis): void {
    for (const suspicion of this.open.values()) {
      if (suspicion.isEmpty && suspicion.retellAt === NEVER) {
        suspicion.retellAt = now + this.parts.config.probeIntervalMs;
      }
      if (now >= suspicion.retellAt) this.retell(suspicion, now);
    }
    if (now < this.judgeAt) return;
    const isForAll = now >= this.judgeAllAt;
    for (const suspicion of this.open.values()) {
      const isDue = isForAll || this.changed.has(suspicion.subject);
      if (isDue || this.graceEnd(suspicion, this.judgedAt) <= now) this.judge(suspicion, now);
    }
    this.changed.clear();
    this.judgedAt = now;
    if (isForAll) this.judgeAllAt = now + this.parts.config.probeIntervalMs / JUDGED_PER_PERIOD;
    if (this.open.size === 0) this.judgeAllAt = NEVER;
    this.judgeAt = this.nextJudgement(now);
  }

  nextDeadline(): Millis {
    return Math.min(
      this.judgeAt,
      earliest(this.open.values(), ({ retellAt }) => retellAt),
    );
  }

  shift(byMs: Millis, now: Millis): void {
    for (const suspicion of this.open.values()) suspicion.shift(byMs, now);
  }

  forget(name: MemberName): void {
    this.open.delete(name);
    this.ended.delete(name);
  }

  private stopTelling(subject: MemberName): void {
    this.parts.dissemination.withdrawAccusation(subject, this.parts.selfName);
  }

  private judge(suspicion: Suspicion, now: Millis): void {
    const subject = this.parts.table.get(suspicion.subject);
    if (subject === undefined) return;
    const verdict = evaluateSuspicion(suspicion, subject, this.parts.context, now);
    if (verdict !== undefined) this.parts.declareDead(subject, verdict, now);
  }

  /** Every eighth of a period, or when a grace ends before that. */
  private nextJudgement(now: Millis): Millis {
    const graceEnds = earliest(this.open.values(), (suspicion) => this.graceEnd(suspicion, now));
    return Math.min(this.judgeAllAt, graceEnds);
  }

  /** The first end of a grace after that moment. */
  private graceEnd({ quorumSince, refusalQuorumSince }: Suspicion, after: Millis): Millis {
    const { graceMs, refusalGraceMs } = this.parts.config;
    const quorumEnds = (quorumSince ?? NEVER) + graceMs;
    const refusalEnds = (refusalQuorumSince ?? NEVER) + refusalGraceMs;
    return Math.min(
      quorumEnds > after ? quorumEnds : NEVER,
      refusalEnds > after ? refusalEnds : NEVER,
    );
  }

  private retell(suspicion: Suspicion, now: Millis): void {
    const own = suspicion.get(this.parts.selfName);
    if (own === undefined) this.remind(suspicion, now);
    else this.tell(own.update, now);
  }

  /**
   * Nobody accuses it any more, yet only its own word ends the suspicion: the subject is asked for
   * it every period, also by nodes that do not observe it, or it would stay suspect here for ever.
   */
  private remind(suspicion: Suspicion, now: Millis): void {
    const { table, outbox, config } = this.parts;
    const subject = table.get(suspicion.subject);
    suspicion.retellAt = suspicion.isEmpty ? now + config.probeIntervalMs : NEVER;
    if (subject === undefined || !suspicion.isEmpty) return;
    outbox.send(
      toMember(subject),
      { kind: "gossip" },
      { updates: [suspicion.accusationForSubject] },
    );
  }

  /**
   * To the cluster by gossip, and straight to the subject and its observers: to the silent ones
   * only of a refusal, because they are to look, too.
   */
  private tell(update: AccusationUpdate, now: Millis): void {
    const { table, outbox, dissemination, observers, config, selfName, isSilent } = this.parts;
    const subject = table.get(update.subject);
    const suspicion = this.open.get(update.subject);
    if (subject === undefined || suspicion === undefined) return;
    suspicion.retellAt = now + config.probeIntervalMs;
    dissemination.add(update);
    const isRefusal = update.evidence === "refused";
    const others = observers
      .observersOf(subject)
      .filter(({ name }) => name !== selfName && (isRefusal || !isSilent(name, now)));
    for (const member of [subject, ...others]) {
      outbox.send(toMember(member), { kind: "gossip" }, { updates: [update], piggyback: false });
    }
  }
}

/** Nobody needs to hear from us what comes after a quorum; its accuser tells it all the same. */
function isSuperfluous(suspicion: Suspicion, evidence: EvidenceKind): boolean {
  if (suspicion.refusalQuorumSince !== undefined) return true;
  return evidence === "silence" && suspicion.quorumSince !== undefined;
}

function endingOf(member: Member): Ending {
  if (member.state === "dead") return "dead";
  return isPresent(member.state) ? "refuted" : "left";
}
