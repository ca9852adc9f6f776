import type { MemberName, Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolRow } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** Pings of one member a period, and of all together at most. */
const PER_MEMBER = 6;
const PER_PERIOD_MAX = 24;
/** Larger pools keep their gossip for longer, and answer this guest often enough as it is. */
const MEMBERS_MAX = 12;

interface ListenerParts {
  readonly config: PoolConfig;
  readonly table: PoolTable;
  readonly pingBeside: (row: PoolRow, now: Millis) => void;
  readonly isAnswering: (member: MemberName, now: Millis) => boolean;
  /** Whether some member is in doubt. */
  readonly isInTrouble: (now: Millis) => boolean;
}

/**
 * Hears who accuses and who declares. A member's gossip rides on what it answers, but in a pool of
 * three each word is sent four times and gone after 200 to 400 ms. So while some member is in doubt,
 * the others of a small pool are pinged more often. In a calm pool this does nothing.
 */
export class Listener {
  private readonly parts: ListenerParts;
  private nextAt: Millis = NEVER;
  private turn = 0;

  constructor(parts: ListenerParts) {
    this.parts = parts;
  }

  wake(now: Millis): void {
    const { config, table, isInTrouble } = this.parts;
    if (table.presentCount > MEMBERS_MAX || !isInTrouble(now)) {
      this.nextAt = NEVER;
      return;
    }
    if (this.nextAt === NEVER) this.nextAt = now;
    if (this.nextAt > now) return;
    const perPeriod = Math.min(PER_PERIOD_MAX, PER_MEMBER * table.presentCount);
    this.nextAt = now + config.probeIntervalMs / perPeriod;
    this.ping(now);
  }

  nextDeadline(): Millis {
    return this.nextAt;
  }

  private ping(now: Millis): void {
    const { table, pingBeside, isAnswering } = this.parts;
    const { present } = table;
    for (let tried = 0; tried < present.length; tried++) {
      const row = present[this.turn++ % present.length];
      if (row === undefined || !isAnswering(row.name, now)) continue;
      pingBeside(row, now);
      return;
    }
  }
}
