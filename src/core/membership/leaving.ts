import type { Observers } from "../detection/observers.ts";
import type { MemberName, Millis } from "../member.ts";
import { type Outbox, toMember } from "../outbox.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import type { Sequence } from "../primitives/sequence.ts";
import type { Self } from "./self.ts";
import type { MembershipTable } from "./table.ts";

const GOODBYE_MS_MAX = 400;
const REPEAT_MS = 100;

interface LeavingParts {
  readonly self: Self;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly outbox: Outbox;
  readonly sequence: Sequence;
}

/** The goodbye: every observer is told directly until it acks, for 400 ms at most. */
export class Leaving implements Timed {
  private readonly unacked = new Map<MemberName, Set<number>>();
  private told = 0;
  private giveUpAt: Millis = NEVER;
  private repeatAt: Millis = NEVER;
  private readonly parts: LeavingParts;

  constructor(parts: LeavingParts) {
    this.parts = parts;
  }

  /** Tells the observers; the node's record must say `left` already. */
  begin(now: Millis): void {
    const { table, observers, self } = this.parts;
    const own = table.get(self.name);
    const alive = own === undefined ? [] : observers.observersOf(own);
    for (const { name, state } of alive) if (state === "alive") this.unacked.set(name, new Set());
    this.told = this.unacked.size;
    this.giveUpAt = now + GOODBYE_MS_MAX;
    this.tell(now);
    this.endIfDone();
  }

  acked(name: MemberName, seq: number): void {
    if (!this.unacked.get(name)?.has(seq)) return;
    this.unacked.delete(name);
    this.endIfDone();
  }

  wake(now: Millis): void {
    if (now >= this.giveUpAt) this.end();
    else if (now >= this.repeatAt) this.tell(now);
  }

  nextDeadline(): Millis {
    return Math.min(this.giveUpAt, this.repeatAt);
  }

  private tell(now: Millis): void {
    const { table, outbox, sequence, self } = this.parts;
    this.repeatAt = now + REPEAT_MS;
    for (const [name, seqs] of this.unacked) {
      const member = table.get(name);
      if (member === undefined) continue;
      const seq = sequence.next();
      seqs.add(seq);
      const body = { kind: "ping", seq, target: name, digest: table.digest } as const;
      outbox.send(toMember(member), body, { updates: [self.toUpdate()] });
    }
  }

  private endIfDone(): void {
    if (this.unacked.size === 0) this.end();
  }

  private end(): void {
    if (this.giveUpAt === NEVER) return;
    this.giveUpAt = NEVER;
    this.repeatAt = NEVER;
    this.parts.self.finishLeaving();
    const acked = this.told - this.unacked.size;
    this.parts.outbox.event({ kind: "left", acked, told: this.told });
  }
}
