import type { NodeConfig } from "../config.ts";
import type { Sync, SyncEnd } from "../exchange/sync.ts";
import { type Endpoint, formatEndpoint, isPresent, type Millis } from "../member.ts";
import type { Outbox } from "../outbox.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import type { MembershipTable } from "./table.ts";

/** In periods: the first pause between dials, and the longest. */
const PAUSE_PERIODS = 0.25;
const PAUSE_PERIODS_MAX = 15;
const PAUSE_GROWTH = 1.5;

interface JoiningParts {
  readonly config: NodeConfig;
  readonly table: MembershipTable;
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly hasSeeds: boolean;
}

/**
 * Finds the cluster through its seeds, and keeps dialling those at whose address no member is
 * known, for ever: so two clusters that began apart still meet. Names are resolved by the host anew
 * at each dial.
 */
export class Joining implements Timed {
  private seeds: readonly Endpoint[] = [];
  private dialAt: Millis;
  private pauseMs: Millis;
  private attempt = 0;
  private startedAt: Millis | undefined;
  private hasJoined = false;
  private readonly parts: JoiningParts;

  constructor(parts: JoiningParts) {
    this.parts = parts;
    this.pauseMs = PAUSE_PERIODS * parts.config.probeIntervalMs;
    this.dialAt = parts.hasSeeds ? Number.NEGATIVE_INFINITY : NEVER;
  }

  /** Fresh addresses: dial those where no present member is known. */
  join(seeds: readonly Endpoint[], now: Millis): void {
    this.seeds = seeds;
    this.startedAt ??= now;
    if (this.dialAt === NEVER) this.scheduleDial(now);
    for (const seed of this.unknownSeeds()) this.parts.sync.start({ endpoint: seed }, true, now);
  }

  /** The first sync through a seed makes this node a member of a cluster. */
  synced(end: SyncEnd, now: Millis): void {
    if (!end.isJoin || !end.isDone) return;
    this.parts.sync.dropOtherJoins(end.peer.name);
    if (this.hasJoined) return;
    this.hasJoined = true;
    const { outbox, table } = this.parts;
    const tookMs = now - (this.startedAt ?? now);
    outbox.event({ kind: "joined", through: end.peer.name, members: table.presentCount, tookMs });
  }

  wake(now: Millis): void {
    if (now < this.dialAt) return;
    this.startedAt ??= now;
    const isNeeded = this.attempt === 0 || this.isAlone() || this.unknownSeeds().length > 0;
    this.scheduleDial(now);
    if (!isNeeded) return;
    this.attempt++;
    this.parts.outbox.event({ kind: "seeds-wanted", attempt: this.attempt });
  }

  nextDeadline(): Millis {
    return this.dialAt;
  }

  private scheduleDial(now: Millis): void {
    this.dialAt = now + this.pauseMs;
    const longest = PAUSE_PERIODS_MAX * this.parts.config.probeIntervalMs;
    this.pauseMs = Math.min(longest, this.pauseMs * PAUSE_GROWTH);
  }

  private isAlone(): boolean {
    return this.parts.table.presentCount <= 1;
  }

  private unknownSeeds(): Endpoint[] {
    const known = new Set<string>();
    for (const { record, state } of this.parts.table.members) {
      if (isPresent(state)) known.add(formatEndpoint(record.endpoint));
    }
    return this.seeds.filter((seed) => !known.has(formatEndpoint(seed)));
  }
}
