import type { ProbeConfig } from "../config.ts";
import type { BeliefUpdate, MemberRecord, MemberState, Millis } from "../member.ts";
import type { ChangeNote } from "../membership/change-note.ts";
import { isRival } from "../membership/name-conflict.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import { Throttle } from "../primitives/throttle.ts";
import type { Dissemination } from "../sending/dissemination.ts";
import type { Outbox } from "../sending/outbox.ts";
import { mayRefute } from "./leaving.ts";
import type { RecordRepair, Sender } from "./record-repair.ts";

/** What somebody says of this node's own record. */
type SaidOfSelf = Pick<MemberRecord, "startId" | "incarnation" | "endpoint">;

interface RefutationParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly dissemination: Dissemination;
  readonly recordRepair: RecordRepair;
  /**
   * Whether the members are being asked whose the name is: until they answer, no claim is
   * outranked.
   */
  readonly ownNameClaimed: (claim: SaidOfSelf, now: Millis) => boolean;
  /** Whether this node may outrank such a claim about itself. */
  readonly mayOutrank: (incarnation: number, sender: Sender, now: Millis) => boolean;
  /** A suspicion of this node was refuted. */
  readonly onRefuted: () => void;
  /** Believes this node's record, and passes it on. */
  readonly accept: (update: BeliefUpdate, note: ChangeNote, now: Millis) => void;
}

/**
 * What this node says of itself, and how it answers what others say of it: by raising its
 * incarnation above theirs (SWIM §4.2; docs/protocol.md §12, rules 13 and 14).
 */
export class Refutation {
  /** This node's own record is passed on anew at most once a period. */
  private readonly announced: Throttle;
  private readonly parts: RefutationParts;

  constructor(parts: RefutationParts) {
    this.parts = parts;
    this.announced = new Throttle(parts.config.probeIntervalMs);
  }

  /** This node's own record changed, or is new: believe it and pass it on. */
  announce(note: ChangeNote, now: Millis): void {
    const { self, accept } = this.parts;
    this.announced.allows(self.name, now);
    accept(self.toUpdate(), note, now);
  }

  /** Somebody says that this node is in `state`, with that record. */
  hearOfSelf(said: SaidOfSelf, state: MemberState, sender: Sender, now: Millis): void {
    const { self, recordRepair, table, ownNameClaimed } = this.parts;
    const own = self.record;
    const isSameStart = said.startId === own.startId;
    if (isRival(said, own) && ownNameClaimed(said, now)) return;
    if (!this.parts.mayOutrank(said.incarnation, sender, now)) return;
    if (said.incarnation < own.incarnation) {
      recordRepair.answer(table.get(self.name), sender, now);
      if (state !== "alive") this.announceAgain(now);
    } else if (said.incarnation > own.incarnation || !isSameStart || state !== "alive") {
      this.refute(said.incarnation, state, sender, now);
    }
  }

  /** Outranks what must not stand, and says so. */
  private refute(incarnation: number, rumour: MemberState, sender: Sender, now: Millis): void {
    const { self, outbox, recordRepair, onRefuted } = this.parts;
    if (!mayRefute(self)) return;
    self.raiseAbove(incarnation);
    if (rumour === "suspect") onRefuted();
    const { incarnation: raised } = self.record;
    outbox.emit({ kind: "refuted", incarnation: raised, rumour, by: sender.name });
    this.announce({ by: self.name, cause: "refuted" }, now);
    recordRepair.sendOwn(sender);
  }

  /**
   * Somebody still believes what was refuted. The sender may be the one that cannot hear this node,
   * while others can, and could pass it on: so they get the record again, too.
   */
  private announceAgain(now: Millis): void {
    const { self, dissemination } = this.parts;
    if (this.announced.allows(self.name, now)) dissemination.add(self.toUpdate());
  }
}
