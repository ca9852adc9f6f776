import type { BeliefUpdate, MemberName, Millis } from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Observers } from "../observing/observers.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import { type Outbox, toMember } from "../sending/outbox.ts";

const LEAVE_MS_MAX = 400;
const REPEAT_MS = 100;

interface LeavingParts {
  readonly self: Self;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly outbox: Outbox;
}

/** What goes with each ack: a leaver says `left`, and does not pass for alive. */
export function updatesOnAck(self: Self): readonly BeliefUpdate[] {
  return self.phase === "running" ? [] : [self.toUpdate()];
}

/** Whether this node answers what is said of it by raising its incarnation: a leaver does not. */
export function mayRefute({ phase }: Pick<Self, "phase">): boolean {
  return phase === "running";
}

/**
 * A leaver is not called dead (docs/protocol.md §12, rule 17; own, shown by the story `mass-leave`
 * of `hearsay sim --swarm`): not by an observer that acked the leave; any other member may call it
 * so until the news of the leave comes, and then no longer. Every observer that stays gets the leave
 * by a ping until it acks, for 400 ms at most. The ack of an observer that is leaving itself does
 * not count, because what it knows goes with it; the member that takes its place on the rings gets
 * the leave instead. So of many that leave at once, none is left behind to be called dead.
 *
 * Two more places keep it: the leave has a raised incarnation (`membership/self.ts`), and `left`
 * outranks `dead` (`membership/supersedes.ts`).
 */
export class Leaving implements Timed {
  private readonly leavePings = new Map<MemberName, Set<number>>();
  private readonly ackers = new Set<MemberName>();
  private giveUpAt: Millis = NEVER;
  private repeatAt: Millis = NEVER;
  private readonly parts: LeavingParts;

  constructor(parts: LeavingParts) {
    this.parts = parts;
  }

  /** Tells the observers; the node's record must say `left` already. */
  begin(now: Millis): void {
    this.giveUpAt = now + LEAVE_MS_MAX;
    this.sendAgain(now);
    this.endIfDone();
  }

  /** The acker's state must be known by now: who leaves says so in its ack. */
  onAck(name: MemberName, seq: number): void {
    if (!this.leavePings.get(name)?.has(seq)) return;
    if (this.parts.table.get(name)?.state === "alive") this.ackers.add(name);
    for (const member of this.unacked())
      if (!this.leavePings.has(member.name)) this.sendLeave(member);
    this.endIfDone();
  }

  /** Of the observers as of now, those alive that have not acked. */
  private unacked(): Member[] {
    const { table, observers, self } = this.parts;
    const own = table.get(self.name);
    const staying = own === undefined ? [] : observers.observersOf(own);
    return staying.filter(({ name, state }) => state === "alive" && !this.ackers.has(name));
  }

  wake(now: Millis): void {
    if (now >= this.giveUpAt) this.end();
    else if (now >= this.repeatAt) this.sendAgain(now);
  }

  nextDeadline(): Millis {
    return Math.min(this.giveUpAt, this.repeatAt);
  }

  private sendAgain(now: Millis): void {
    this.repeatAt = now + REPEAT_MS;
    for (const member of this.unacked()) this.sendLeave(member);
  }

  private sendLeave({ name, record }: Member): void {
    const { outbox, self } = this.parts;
    const seq = outbox.ping(toMember({ record }), { updates: [self.toUpdate()] });
    this.leavePings.set(name, (this.leavePings.get(name) ?? new Set()).add(seq));
  }

  private endIfDone(): void {
    if (this.unacked().length === 0) this.end();
  }

  private end(): void {
    if (this.giveUpAt === NEVER) return;
    const acked = this.ackers.size;
    const told = acked + this.unacked().length;
    this.giveUpAt = NEVER;
    this.repeatAt = NEVER;
    this.parts.self.finishLeaving();
    this.parts.outbox.emit({ kind: "left", acked, told });
  }
}
