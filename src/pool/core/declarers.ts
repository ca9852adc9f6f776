import type { MemberName, Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { PoolRow } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** Who did something that shows only in its outcome: nobody was heard to do it. */
export const UNHEARD = "?";

/** In periods: how long the declarer of a death that only a view showed is listened for. */
const WAIT_PERIODS = 2;

interface DeclarersParts {
  readonly config: PoolConfig;
  readonly table: PoolTable;
  readonly outbox: PoolOutbox;
}

/** Who declares deaths in the pool: each word is reported once, and none is invented. */
export class Declarers {
  private readonly awaited = new Map<MemberName, Millis>();
  private readonly parts: DeclarersParts;

  constructor(parts: DeclarersParts) {
    this.parts = parts;
  }

  /** A member that is present is declared dead. */
  note(row: PoolRow, incarnation: number, by: MemberName): void {
    if (row.declared?.by === by && row.declared.incarnation === incarnation) return;
    row.declared = { by, incarnation };
    this.emit(row.name, by);
  }

  /** Whether the declarer of some death is listened for. */
  get isWaiting(): boolean {
    return this.awaited.size > 0;
  }

  /** The death shows in a view, and nobody was heard to declare it. */
  listenFor(row: PoolRow, now: Millis): void {
    this.awaited.set(row.name, now + WAIT_PERIODS * this.parts.config.probeIntervalMs);
  }

  /** A declaration of a member that is over already. */
  learn(row: PoolRow, by: MemberName): void {
    if (row.state !== "dead" || row.by !== UNHEARD || by === row.name) return;
    this.awaited.delete(row.name);
    this.parts.table.setDeclarer(row, by);
    this.emit(row.name, by);
  }

  wake(now: Millis): void {
    for (const [member, dueAt] of this.awaited) {
      if (dueAt > now) return;
      this.awaited.delete(member);
      this.emit(member, UNHEARD);
    }
  }

  nextDeadline(): Millis {
    for (const dueAt of this.awaited.values()) return dueAt;
    return NEVER;
  }

  private emit(member: MemberName, by: MemberName): void {
    this.parts.outbox.emit({ kind: "pool-declared", member, by });
  }
}
