import type { NodeConfig } from "../config.ts";
import type { DialAnswer, WireEnd } from "../input.ts";
import {
  type AccusationReason,
  isPresent,
  type MemberName,
  type Millis,
  type StartId,
} from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import type { Observers } from "../observing/observers.ts";
import type { Outbox } from "../sending/outbox.ts";
import { mayAccuseOfRefusal } from "./connectivity-gate.ts";
import type { Prober } from "./prober.ts";
import { RefusalMutes } from "./refusal-mutes.ts";
import { areDoubtful, REFUSALS_TO_ACCUSE } from "./refusals.ts";
import type { Spies } from "./spies.ts";
import type { Subject } from "./subject.ts";

/** In periods: refusals that are older say nothing about now. */
const REFUSED_LATELY_PERIODS = 2;

interface KernelsParts {
  readonly config: NodeConfig;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly prober: Prober;
  readonly spies: Spies;
  readonly observers: Observers;
  /** A node that is cut off does not accuse of refusals. */
  readonly isIsolated: () => boolean;
  readonly isAccusedByUs: (subject: MemberName) => boolean;
  /** Whether a refusal stood against the member, or it died of one. */
  readonly wasRefused: (subject: MemberName) => boolean;
  readonly accuse: (subject: Member, evidence: AccusationReason, phi: number, now: Millis) => void;
}

/**
 * What the kernels at the subjects' ends report, and what it means: ports that refuse (docs/
 * protocol.md §12, rules 7, 34 and 35), wires that close and connects that are answered (rules 39
 * and 40).
 */
export class Kernels {
  private readonly mutes = new RefusalMutes();
  private readonly parts: KernelsParts;

  constructor(parts: KernelsParts) {
    this.parts = parts;
  }

  /** The subject's host, or the process that has its port now, says that it is gone. */
  onRefused(member: MemberName, seq: number, now: Millis): void {
    const subject = this.parts.prober.get(member);
    if (!this.parts.config.refusals || subject === undefined) return;
    const sentAt = subject.takePing(seq);
    if (sentAt !== undefined) this.takeRefusal(subject, sentAt, now);
  }

  /** The wire to that run of a subject is open. */
  onWireOpened(member: MemberName, startId: StartId): void {
    this.subjectOf(member, startId)?.kernel.onWireOpened();
  }

  /** A closed wire accuses nobody: it makes the pings happen. */
  onWireClosed(member: MemberName, startId: StartId, how: WireEnd, now: Millis): void {
    const { table, observers, selfName } = this.parts;
    const row = table.get(member);
    const order = row === undefined ? [] : observers.inOrder(row);
    const place = order.findIndex(({ name }) => name === selfName);
    this.subjectOf(member, startId)?.kernel.onWireClosed(how, place, now);
  }

  /** The kernel of a subject answered a spy. */
  onDialled(member: MemberName, seq: number, answer: DialAnswer, now: Millis): void {
    const { prober, spies, table, isAccusedByUs, accuse } = this.parts;
    const subject = prober.get(member);
    if (subject === undefined) return;
    const row = table.get(member);
    // Without its word another program may have the port, and its hello alone shows the door.
    if (answer === "answered" && row?.record.takesWires) subject.kernel.noteDoor();
    const sentAt = subject.kernel.takeDial(seq);
    if (sentAt === undefined) return;
    if (answer === "refused") {
      if (!subject.kernel.isDoorSeen) return;
      // An open wire says that the process exists, whatever refuses.
      if (!subject.kernel.isWireOpen) subject.kernel.onDialRefused();
      this.takeRefusal(subject, sentAt, now);
      return;
    }
    subject.kernel.onAnswered(now);
    if (row === undefined || !isAccusedByUs(member)) return;
    const kind = spies.kindOfSilence(subject, now);
    accuse(row, kind, subject.phi(now), now);
  }

  /** Whether the subject's host refuses, and the subject was not heard since. */
  isRefused(name: MemberName, now: Millis): boolean {
    return this.parts.prober.get(name)?.refusals.isConfirmed(this.refusedLatelyMs, now) ?? false;
  }

  /** Whether the subject's kernel ended its wire, and the subject answered no ping since. */
  sawItEnd(name: MemberName, now: Millis): boolean {
    const startId = this.parts.table.get(name)?.record.startId;
    const subject = startId === undefined ? undefined : this.subjectOf(name, startId);
    return subject?.kernel.hasEndedBefore(now) ?? false;
  }

  /** Whether the wire of a subject that is present closed, and it answered no ping since. */
  hasDoubts(): boolean {
    const { prober, table } = this.parts;
    for (const { name, kernel } of prober.all) {
      const state = table.get(name)?.state;
      if (kernel.isInDoubt && state !== undefined && isPresent(state)) return true;
    }
    return false;
  }

  /** How many subjects' hosts refuse. */
  refusedCount(now: Millis): number {
    let count = 0;
    for (const { name } of this.parts.prober.all) if (this.isRefused(name, now)) count++;
    return count;
  }

  /**
   * Whether so many subjects refuse, or refused and were heard after all, that the fault may be this
   * node's own. A wire that ended is no work of a filter on our way out, so those do not count.
   */
  doubtsRefusals(now: Millis): boolean {
    const withinMs = this.refusedLatelyMs;
    let refused = 0;
    let subjects = 0;
    for (const { name, kernel, refusals } of this.parts.prober.all) {
      subjects++;
      const refuses = !kernel.hasEndedBefore(now) && this.isRefused(name, now);
      if (refuses || refusals.areContradicted(withinMs, now)) refused++;
    }
    return areDoubtful(refused, subjects);
  }

  /**
   * Whether a connect that the member's port refuses says something of the member. Where the port
   * was never seen to answer, a filter for TCP may refuse for it. Of members that are not observed
   * the doors of the subjects tell: seen, such a filter does not stand on this node's own way out.
   */
  isDoorKnown(member: MemberName): boolean {
    const { prober } = this.parts;
    const subject = prober.get(member);
    if (subject !== undefined) return subject.kernel.isDoorSeen;
    const subjects = [...prober.all];
    const seen = subjects.filter(({ kernel }) => kernel.isDoorSeen).length;
    return seen * 2 > subjects.length;
  }

  /** A record or a state changed: refusals in the name of a living member are muted. */
  noteTransition(transition: Transition, now: Millis): void {
    this.mutes.noteTransition(transition, this.parts.wasRefused, now);
  }

  /** For how long the subject's refusals do not count yet; 0 when they do. */
  mutedForMs({ name, startId }: Subject, now: Millis): Millis {
    return this.mutes.mutedForMs(name, startId, now);
  }

  /** Nothing is known of the member any more. */
  forget(name: MemberName): void {
    this.mutes.forget(name);
  }

  private get refusedLatelyMs(): Millis {
    return REFUSED_LATELY_PERIODS * this.parts.config.probeIntervalMs;
  }

  private subjectOf(member: MemberName, startId: StartId): Subject | undefined {
    const subject = this.parts.prober.get(member);
    return subject?.startId === startId ? subject : undefined;
  }

  /** `sentAt`: when what was refused now, a ping or a dial, left this node. */
  private takeRefusal(subject: Subject, sentAt: Millis, now: Millis): void {
    const { config, table, outbox, isIsolated, accuse } = this.parts;
    const { name, kernel, refusals } = subject;
    const member = table.get(name);
    if (member === undefined) return;
    if (kernel.isWireOpen) {
      // The wire says that the process exists. A kernel that lost it answers a poke by a reset.
      if (kernel.mayPoke(now)) outbox.poke(name);
      return;
    }
    if (!refusals.onRefused(sentAt, now)) return;
    const isCrashed = kernel.hasEndedBefore(sentAt);
    // Without refusals of datagrams nothing shows that all subjects refuse, as behind a filter.
    if (!isCrashed && !config.refusals) return;
    if (!isCrashed && refusals.inARow < REFUSALS_TO_ACCUSE) return;
    if (this.mutedForMs(subject, now) > 0) return;
    if (!isCrashed && refusals.areContradicted(config.probeIntervalMs, now)) return;
    // An isolated node accuses nobody: its next round must not begin, and be refused, at once.
    subject.endRound(now + config.probeIntervalMs);
    if (!mayAccuseOfRefusal(isIsolated())) return;
    kernel.endUrgent();
    refusals.endRepings();
    accuse(member, isCrashed ? "crashed" : "refused", subject.phi(now), now);
  }
}
