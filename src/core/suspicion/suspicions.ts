import type { NodeConfig } from "../config.ts";
import {
  type AccusationReason,
  type AccusationUpdate,
  isOfGoneProcess,
  isPresent,
  type MemberName,
  type Millis,
} from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import type { Observers } from "../observing/observers.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Dissemination } from "../sending/dissemination.ts";
import type { Outbox } from "../sending/outbox.ts";
import type { SuspicionSnapshot } from "../snapshot.ts";
import type { Buddy } from "./buddy.ts";
import { Suspicion } from "./suspicion.ts";
import type { SuspicionContext } from "./suspicion-context.ts";
import { SuspicionTimer } from "./suspicion-timer.ts";
import { type DeathVerdict, evaluateSuspicion } from "./verdict.ts";

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
  readonly buddy: Buddy;
  readonly becomeSuspect: (subject: Member, first: AccusationUpdate, now: Millis) => void;
  readonly declareDead: (subject: Member, verdict: DeathVerdict, now: Millis) => void;
  /** Another node was refused by the subject's host. */
  readonly confirmRefusal: (subject: MemberName, now: Millis) => void;
  /** Another node found the subject silent. */
  readonly lookNow: (subject: MemberName, evidence: AccusationReason, now: Millis) => void;
}

/** All suspicions that this node holds, from the first accusation to refutation or death. */
export class Suspicions implements Timed {
  private readonly open = new Map<MemberName, Suspicion>();
  private readonly ended = new Map<MemberName, EndedSuspicion>();
  private readonly timer: SuspicionTimer;
  private readonly parts: SuspicionsParts;

  constructor(parts: SuspicionsParts) {
    this.parts = parts;
    this.timer = new SuspicionTimer(parts.config);
  }

  /** Suspicions that are open. */
  get count(): number {
    return this.open.size;
  }

  /** The open suspicion of that member. */
  get(subject: MemberName): Suspicion | undefined {
    return this.open.get(subject);
  }

  /** The last suspicion of that member that is over. */
  lastEnded(subject: MemberName): EndedSuspicion | undefined {
    return this.ended.get(subject);
  }

  /** Whether this node accuses the member. */
  isAccusedByUs(subject: MemberName): boolean {
    return this.ownEvidence(subject) !== undefined;
  }

  /** What this node accuses the member of; undefined where it does not. */
  ownEvidence(subject: MemberName): AccusationReason | undefined {
    return this.open.get(subject)?.get(this.parts.selfName)?.update.evidence;
  }

  /** Whether any other node accuses the member. */
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

  /** This node's own accusation, sent to the subject and to its other observers. */
  accuse(subject: Member, evidence: AccusationReason, phi: number, now: Millis): void {
    if (!isPresent(subject.state)) return;
    const { startId, incarnation } = subject.record;
    const accuser = this.parts.selfName;
    const known = this.ownEvidence(subject.name);
    if (known === evidence) return;
    // That the process is gone stands against all that is known of its silence.
    if (known !== undefined && isOfGoneProcess(known) && !isOfGoneProcess(evidence)) return;
    const update = {
      kind: "accusation",
      subject: subject.name,
      startId,
      incarnation,
      accuser,
      evidence,
      phi,
      revision: this.open.get(subject.name)?.nextRevision(accuser) ?? 0,
    } as const;
    const suspicion = this.take(update, now) ? this.open.get(subject.name) : undefined;
    if (suspicion === undefined) return;
    // Where that ends the member, the verdict follows at once, and says more.
    if (evaluateSuspicion(suspicion, subject, this.parts.context, now) === undefined)
      this.parts.buddy.spread(update, suspicion, now);
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
    outbox.emit({ kind: "accused", member, accuser, evidence, incarnation, phi });
    if (!isSuperfluous(suspicion, evidence)) dissemination.add(update);
    this.timer.onAccused(member, now);
    const own = this.ownEvidence(member);
    if (accuser === selfName || (own !== undefined && isOfGoneProcess(own))) return true;
    if (isOfGoneProcess(evidence)) this.parts.confirmRefusal(member, now);
    else this.parts.lookNow(member, evidence, now);
    return true;
  }

  /**
   * Direct evidence from a suspect: it is not dead. It learns of the suspicion, and returns to
   * alive by its own word.
   */
  recordHeard(name: MemberName, now: Millis): void {
    const suspicion = this.open.get(name);
    if (suspicion === undefined) return;
    this.clear(name, "heard");
    this.parts.buddy.onHeard(suspicion, now);
  }

  /**
   * This node was cut off: what it accused of meanwhile says nothing about others, and is not
   * passed on (docs/protocol.md §12, rule 36).
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
    if (hadAny) this.parts.outbox.emit({ kind: "suspicion-cleared", member: name, cause });
  }

  /** A change of state or incarnation ends the suspicion of what was before. */
  noteTransition({ member, before }: Transition, now: Millis): void {
    const suspicion = this.open.get(member.name);
    const isSame =
      member.state === "suspect" && before?.record.incarnation === member.record.incarnation;
    if (suspicion === undefined || isSame) return;
    this.open.delete(member.name);
    this.ended.set(member.name, { suspicion, how: endingOf(member), at: now });
  }

  wake(now: Millis): void {
    for (const suspicion of this.open.values()) this.parts.buddy.wake(suspicion, now);
    this.timer.wake(this.open, (suspicion) => this.evaluate(suspicion, now), now);
  }

  nextDeadline(): Millis {
    return Math.min(
      this.timer.nextDeadline(),
      earliest(this.open.values(), ({ retellAt }) => retellAt),
    );
  }

  /** Takes a span in which this node could not hear out of the clocks. */
  shift(byMs: Millis, now: Millis): void {
    for (const suspicion of this.open.values()) suspicion.shift(byMs, now);
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.open.delete(name);
    this.ended.delete(name);
  }

  private stopTelling(subject: MemberName): void {
    this.parts.dissemination.withdrawAccusation(subject, this.parts.selfName);
  }

  private evaluate(suspicion: Suspicion, now: Millis): void {
    const subject = this.parts.table.get(suspicion.subject);
    if (subject === undefined) return;
    const verdict = evaluateSuspicion(suspicion, subject, this.parts.context, now);
    if (verdict !== undefined) this.parts.declareDead(subject, verdict, now);
  }
}

/**
 * What comes after a quorum is not passed on; its accuser sends it to the observers all the same.
 */
function isSuperfluous(suspicion: Suspicion, evidence: AccusationReason): boolean {
  if (suspicion.refusalQuorumSince !== undefined) return true;
  const isInferred = evidence === "silence" || evidence === "unreachable";
  return isInferred && suspicion.quorumSince !== undefined;
}

function endingOf(member: Member): Ending {
  if (member.state === "dead") return "dead";
  return isPresent(member.state) ? "refuted" : "left";
}
