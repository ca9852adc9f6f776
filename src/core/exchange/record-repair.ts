import {
  type BeliefUpdate,
  type Endpoint,
  formatEndpoint,
  type MemberName,
  type MemberRecord,
  type Millis,
  type Update,
} from "../member.ts";
import type { Self } from "../membership/self.ts";
import { beliefUpdate, type Member } from "../membership/table.ts";
import { Throttle } from "../primitives/throttle.ts";
import type { Outbox } from "../sending/outbox.ts";

/** Who sent a datagram, and from where: answers go back to that address. */
export interface Sender {
  readonly name: MemberName;
  readonly endpoint: Endpoint;
  /**
   * True while it answers our join: its cluster already knows these members, so do not gossip them
   * again.
   */
  readonly isIntroducing?: boolean;
  /** Whether it is a member that was shown to live at that address, which else may be forged. */
  readonly isProven?: boolean;
}

interface Owed {
  readonly sender: Sender;
  readonly questions: MemberName[];
  readonly beliefs: Map<MemberName, BeliefUpdate>;
}

/** How something said about a member relates to the record we hold. */
export type Relation = "same" | "newer" | "older";

interface RecordRepairParts {
  readonly self: Self;
  readonly outbox: Outbox;
  /** One question and one answer to a sender about a member in this span. */
  readonly pauseMs: Millis;
}

/**
 * The one rule for gaps in knowledge (docs/protocol.md §12, rule 15; own, shown by
 * `scenarios/everybody-restarts-in-a-partition.yaml`). A node that hears of something newer than
 * its record asks the sender for the record; one that hears of something older answers with the
 * record it holds, whatever its state. Restarts, clocks set back, restored disks and false rumours
 * all heal by these two messages. What one datagram was wrong about is answered in one.
 */
export class RecordRepair {
  /** Questions and answers of this step, by the address that they go to. */
  private readonly owed = new Map<string, Owed>();
  private readonly asked: Throttle;
  private readonly answered: Throttle;
  private readonly parts: RecordRepairParts;

  constructor(parts: RecordRepairParts) {
    this.parts = parts;
    this.asked = new Throttle(parts.pauseMs);
    this.answered = new Throttle(parts.pauseMs);
  }

  /**
   * Another start id at the same incarnation counts as older: its owner has to raise itself above
   * what we hold.
   */
  compare(
    held: MemberRecord | undefined,
    said: Pick<MemberRecord, "startId" | "incarnation">,
  ): Relation {
    if (held === undefined || said.incarnation > held.incarnation) return "newer";
    return said.incarnation === held.incarnation && said.startId === held.startId
      ? "same"
      : "older";
  }

  /** Asks the sender for its record of the member, unless it was asked a moment ago. */
  ask(member: MemberName, sender: Sender, now: Millis): void {
    if (!this.asked.allows(`${member} ${sender.name}`, now)) return;
    this.owedTo(sender).questions.push(member);
  }

  /** Sends what is held of the member, unless that was sent a moment ago. */
  answer(member: Member | undefined, sender: Sender, now: Millis): void {
    if (member === undefined || !this.answered.allows(`${member.name} ${sender.name}`, now)) return;
    this.owe(sender, beliefUpdate(member, now));
  }

  /** Answers a question for a record: always, because somebody waits. */
  sendRecord(member: Member, sender: Sender, now: Millis): void {
    this.send(sender, [beliefUpdate(member, now)]);
  }

  /** This node's own record, to the sender that was wrong about it. */
  sendOwn(sender: Sender): void {
    this.owe(sender, this.parts.self.toUpdate());
  }

  /**
   * Sends the questions of this step, and the answers: as few datagrams to each sender as hold them.
   * The answer to what was asked went first, because an address that may be forged gets no more than
   * it sent.
   */
  flush(): void {
    for (const { sender, questions, beliefs } of this.owed.values()) {
      const to = { endpoint: sender.endpoint, member: sender.name };
      for (const member of questions) this.parts.outbox.askRecord(to, member);
      let left: readonly Update[] = [...beliefs.values()];
      let before = left.length + 1;
      while (left.length > 0 && left.length < before) {
        before = left.length;
        left = this.send(sender, left);
      }
    }
    this.owed.clear();
  }

  /** The newest word on each member is the one that goes out. */
  private owe(sender: Sender, belief: BeliefUpdate): void {
    const { beliefs } = this.owedTo(sender);
    beliefs.delete(belief.record.name);
    beliefs.set(belief.record.name, belief);
  }

  private owedTo(sender: Sender): Owed {
    const key = `${sender.name} ${formatEndpoint(sender.endpoint)}`;
    const owed = this.owed.get(key) ?? { sender, questions: [], beliefs: new Map() };
    this.owed.set(key, owed);
    return owed;
  }

  private send({ name, endpoint }: Sender, updates: readonly Update[]): readonly Update[] {
    return this.parts.outbox.send({ endpoint, member: name }, { kind: "gossip" }, { updates });
  }
}
