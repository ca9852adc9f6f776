import type { ProbeConfig } from "../config.ts";
import {
  type AccusationUpdate,
  type BeliefUpdate,
  isPresent,
  type MemberName,
  type MemberState,
  type Millis,
  type SingleUpdate,
  type VerdictCause,
  type VerdictUpdate,
} from "../member.ts";
import { type ChangeNote, saysProcessEnded } from "../membership/change-note.ts";
import type { Self } from "../membership/self.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import type { Header } from "../message.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import type { Dissemination } from "../sending/dissemination.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";
import {
  accusationFrom,
  type DeathClaim,
  endCause,
  isWishedEnd,
  returnCause,
  verdictUpdate,
} from "./claims.ts";
import type { RecordRepair, Sender } from "./record-repair.ts";
import type { Refutation } from "./refutation.ts";

/**
 * In periods: a member heard within this is not taken for suspect on hearsay from a sync, which is
 * more likely wrong than right (docs/protocol.md §12, rule 19; own, shown by
 * `scenarios/flapping-link.yaml`).
 */
const HEARD_LATELY_PERIODS = 1.5;
/**
 * In periods: a tombstone of that age is passed on by sync alone (docs/protocol.md §12, rule 18).
 * Where two sides of a long partition learn of each other's dead, the updates about the living
 * would queue behind them.
 */
const OLD_NEWS_PERIODS = 10;

/** What the beliefs ask of the parts around them. */
export interface BeliefsParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly self: Self;
  readonly lastHeard: LastHeard;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly dissemination: Dissemination;
  readonly recordRepair: RecordRepair;
  readonly onSaidAlive: (member: Member, now: Millis) => void;
  readonly takeAccusation: (update: AccusationUpdate, now: Millis) => void;
  /** Others say that a member held present is gone: believed once this node finds so, too. */
  readonly considerDeath: (member: Member, claim: DeathClaim, now: Millis) => void;
  /**
   * Whether the claim of a living member's name from another address has to wait for a check of the
   * old one.
   */
  readonly parks: (claim: BeliefUpdate, holder: Member, now: Millis) => boolean;
  /** Whether an incarnation is so far above what is held that its subject has to prove it. */
  readonly doubts: (
    claim: BeliefUpdate,
    held: Member | undefined,
    sender: Sender,
    now: Millis,
  ) => boolean;
  /** Somebody says something of this node itself. */
  readonly hearOfSelf: Refutation["hearOfSelf"];
  readonly onTransition: (transition: Transition, note: ChangeNote, now: Millis) => void;
}

/**
 * Takes what others say about members, by one rule for every gap in knowledge, and passes on what
 * was news.
 */
export class Beliefs {
  private readonly parts: BeliefsParts;

  constructor(parts: BeliefsParts) {
    this.parts = parts;
  }

  /** Takes one update that a datagram brought. */
  take(update: SingleUpdate, sender: Sender, now: Millis): void {
    if (update.kind === "belief") this.takeBelief(update, sender, now);
    else if (this.speaksOfOurRecord(update, sender, now)) this.takeClaim(update, now);
  }

  /** Compares a header with what is held of its sender, and closes the gap between them, if any. */
  hear(header: Header, member: Member | undefined, sender: Sender, now: Millis): void {
    const { recordRepair } = this.parts;
    const relation = recordRepair.compare(member?.record, header);
    if (relation === "newer") recordRepair.ask(header.sender, sender, now);
    else if (relation === "older") recordRepair.answer(member, sender, now);
    else if (member !== undefined && !isPresent(member.state)) {
      recordRepair.answer(member, sender, now);
    }
  }

  /** A datagram under this node's own name that it did not send. */
  hearOwnName(header: Header, sender: Sender, now: Millis): void {
    this.parts.hearOfSelf({ ...header, endpoint: sender.endpoint }, "alive", sender, now);
  }

  /** A verdict of this node: believed here, and passed on. */
  declare(
    member: Member,
    state: VerdictUpdate["state"],
    verdict: { readonly cause: VerdictCause; readonly reason: string },
    now: Millis,
  ): void {
    const by = this.parts.self.name;
    this.applyState(member, state, { by, ...verdict }, now);
    this.parts.dissemination.add(verdictUpdate(member, state, by, verdict.cause));
  }

  /** An operator removes a member for good: one that is dead or has left. */
  forget(name: MemberName, now: Millis): void {
    const member = this.parts.table.get(name);
    if (member === undefined || (member.state !== "dead" && member.state !== "left")) return;
    const verdict = { cause: "forget", reason: "forgotten by an operator" } as const;
    this.declare(member, "forgotten", verdict, now);
  }

  /** Believes a member suspect, on the word of `by`. */
  becomeSuspect(member: Member, note: ChangeNote, now: Millis): void {
    this.applyState(member, "suspect", note, now);
  }

  /** A parked claim turned out to be a move. */
  acceptMove(claim: BeliefUpdate, now: Millis): void {
    this.accept(claim, { by: claim.by, cause: "moved" }, now);
  }

  private takeBelief(update: BeliefUpdate, sender: Sender, now: Millis): void {
    const { table, self } = this.parts;
    const { record } = update;
    if (record.name === self.name) {
      this.parts.hearOfSelf(record, update.state, sender, now);
      return;
    }
    const held = table.get(record.name);
    if (this.parts.doubts(update, held, sender, now)) return;
    if (held === undefined) this.takeNew(update, sender, now);
    else if (record.incarnation > held.record.incarnation) this.takeNewer(update, held, now);
    else if (
      record.incarnation === held.record.incarnation &&
      record.startId === held.record.startId
    ) {
      this.takeState(update, held, now);
    }
  }

  private takeNew(update: BeliefUpdate, sender: Sender, now: Millis): void {
    const { record, state, by } = update;
    const { dissemination, takeAccusation } = this.parts;
    const isSuspect = state === "suspect";
    const belief = isSuspect ? ({ ...update, state: "alive", by: record.name } as const) : update;
    const isOver = !isPresent(state);
    const note: ChangeNote = isOver
      ? { by, cause: endCause(state), reason: `was ${state} before this node knew it` }
      : { by: isSuspect ? record.name : by, cause: "joined" };
    if (!this.believe(belief, note, now)) return;
    const isOldNews =
      isOver && update.ageMs >= OLD_NEWS_PERIODS * this.parts.config.probeIntervalMs;
    if (!sender.isIntroducing && !isOldNews) dissemination.add(belief);
    if (isSuspect) takeAccusation(accusationFrom(update), now);
  }

  private takeNewer(update: BeliefUpdate, held: Member, now: Millis): void {
    const { state, record, by } = update;
    const isAliveClaim = isPresent(state);
    if (isAliveClaim && this.parts.parks({ ...update, state: "alive" }, held, now)) return;
    if (isWishedEnd(state) && isPresent(held.state) && record.startId !== held.record.startId) {
      this.considerEnd(update, held, now);
      return;
    }
    const becomesAlive = isAliveClaim || (state === "dead" && isPresent(held.state));
    if (!becomesAlive) {
      this.accept(update, { by, cause: endCause(state) }, now);
      return;
    }
    const alive = { ...update, state: "alive", ageMs: 0, by: record.name } as const;
    this.accept(alive, { by: record.name, cause: returnCause(record, held) }, now);
    const member = this.parts.table.get(record.name);
    if (state !== "alive" && member !== undefined) this.takeHearsay(update, member, now);
  }

  /** Another start of the name is over. Whether the one held here is, too, it can say itself (rule 33). */
  private considerEnd(update: BeliefUpdate, held: Member, now: Millis): void {
    const { by, state } = update;
    const forSubject = verdictUpdate(held, "dead", by, "quorum");
    const believe = (at: Millis): void => this.accept(update, { by, cause: endCause(state) }, at);
    this.parts.considerDeath(held, { by, forSubject, believe }, now);
  }

  /** The same record in another state. */
  private takeState(update: BeliefUpdate, held: Member, now: Millis): void {
    const { state, by } = update;
    const isOver = !isPresent(held.state);
    if (isWishedEnd(state) || (state === "dead" && isOver)) {
      this.accept(update, { by, cause: endCause(state) }, now);
      return;
    }
    if (state === "alive" && held.state === "dead") this.parts.onSaidAlive(held, now);
    if (state === "alive" || isOver) return;
    this.takeHearsay(update, held, now);
  }

  /**
   * A suspicion or a death by way of sync. The suspicion is not taken where we know better: then
   * its subject learns of it.
   */
  private takeHearsay(update: BeliefUpdate, subject: Member, now: Millis): void {
    if (update.state === "dead") {
      const forSubject = verdictUpdate(subject, "dead", update.by, "quorum");
      const believe = (at: Millis): void => {
        const note = { by: update.by, cause: "reported" } as const;
        this.accept({ ...update, record: subject.record }, note, at);
      };
      this.parts.considerDeath(subject, { by: update.by, forSubject, believe }, now);
      return;
    }
    const accusation = accusationFrom(update);
    const { config, lastHeard } = this.parts;
    const latelyMs = HEARD_LATELY_PERIODS * config.probeIntervalMs;
    if (lastHeard.heardWithin(subject.name, latelyMs, now)) {
      this.parts.outbox.send(toMember(subject), { kind: "gossip" }, { updates: [accusation] });
    } else this.parts.takeAccusation(accusation, now);
  }

  private takeClaim(update: AccusationUpdate | VerdictUpdate, now: Millis): void {
    if (update.kind === "accusation") {
      // What this node accused of before a restart is not its evidence now.
      if (update.accuser !== this.parts.self.name) this.parts.takeAccusation(update, now);
      return;
    }
    const member = this.parts.table.get(update.subject);
    if (member === undefined) return;
    const believe = (at: Millis): void => this.believeVerdict(member, update, at);
    if (update.state !== "dead" || !isPresent(member.state)) believe(now);
    else this.parts.considerDeath(member, { by: update.by, forSubject: update, believe }, now);
  }

  private believeVerdict(member: Member, update: VerdictUpdate, now: Millis): void {
    const { state, by, cause } = update;
    if (this.applyState(member, state, { by, cause }, now)) this.parts.dissemination.add(update);
    else this.parts.dissemination.noteCopy(update);
  }

  /**
   * Whether an accusation or verdict is about exactly the record we hold; otherwise the gap is
   * closed first.
   */
  private speaksOfOurRecord(
    update: AccusationUpdate | VerdictUpdate,
    sender: Sender,
    now: Millis,
  ): boolean {
    const { self, table, recordRepair } = this.parts;
    if (update.subject === self.name) {
      const state = update.kind === "accusation" ? "suspect" : update.state;
      this.parts.hearOfSelf({ ...update, endpoint: self.record.endpoint }, state, sender, now);
      return false;
    }
    const member = table.get(update.subject);
    const relation = recordRepair.compare(member?.record, update);
    if (relation === "newer") recordRepair.ask(update.subject, sender, now);
    if (relation === "older") recordRepair.answer(member, sender, now);
    return relation === "same";
  }

  /** Believes the record, and passes it on if it is news. */
  accept(update: BeliefUpdate, note: ChangeNote, now: Millis): void {
    if (this.believe(update, note, now)) this.parts.dissemination.add(update);
  }

  /** Takes the record over where it is news. */
  private believe(update: BeliefUpdate, note: ChangeNote, now: Millis): boolean {
    const { table, onTransition } = this.parts;
    const { record, state, by, ageMs, wasRefused } = update;
    const belief = { record, state, since: now - ageMs, by, wasRefused };
    const transition = table.apply(belief, now);
    if (transition === undefined) table.remind(belief, now);
    else onTransition(transition, note, now);
    return transition !== undefined;
  }

  private applyState(member: Member, state: MemberState, note: ChangeNote, now: Millis): boolean {
    const wasRefused = saysProcessEnded(note);
    const belief = { record: member.record, state, since: now, by: note.by, wasRefused };
    const transition = this.parts.table.apply(belief, now);
    if (transition !== undefined) this.parts.onTransition(transition, note, now);
    return transition !== undefined;
  }
}
