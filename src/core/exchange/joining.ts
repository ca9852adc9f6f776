import type { NodeConfig } from "../config.ts";
import { type Endpoint, formatEndpoint, isPresent, type Millis, sameEndpoint } from "../member.ts";
import type { Self } from "../membership/self.ts";
import type { MembershipTable } from "../membership/table.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import type { Outbox } from "../sending/outbox.ts";
import type { Sync, SyncEnd } from "./sync.ts";

/** In periods: the first pause between dials, and how it grows. */
const PAUSE_FIRST = 0.25;
const PAUSE_GROWTH = 1.5;
/**
 * In periods: the longest pause of a node that is alone; with unknown addresses left; and
 * otherwise.
 */
const PAUSE_ALONE = 2;
const PAUSE_UNKNOWN = 5;
const PAUSE_KNOWN = 15;
/** Addresses dialled at once; the next dial goes on with those behind them. */
const DIALS_ALONE = 64;
const DIALS_IN_COMPANY = 8;

interface JoiningParts {
  readonly config: NodeConfig;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly sync: Sync;
  readonly outbox: Outbox;
  readonly hasSeeds: boolean;
  /** Where members were known before this start. */
  readonly remembered: readonly Endpoint[];
}

/**
 * Finds the cluster (docs/protocol.md §12, rules 21 and 22; own, shown by
 * `scenarios/cold-start-order.yaml`). A node dials its seeds, and the addresses it remembers, for
 * as long as no present member is known at some of them: so two clusters that began apart still
 * meet. A node that is alone dials every address it ever knew. Names are looked up by the host anew
 * for each dial. The dead are dialled by `detection/redial.ts`.
 */
export class Joining implements Timed {
  private seeds: readonly Endpoint[] = [];
  private hasUnresolved = false;
  private hasSeeds: boolean;
  /** For the host, which looks the seeds up. */
  private isWaiting = false;
  private pauseMs: Millis;
  private companyPauseMax = PAUSE_UNKNOWN;
  private dialledAt: Millis = Number.NEGATIVE_INFINITY;
  /** Of all dials: the next one goes on where the last one stopped. */
  private dialled = 0;
  private dials = 0;
  private attempt = 0;
  private startedAt: Millis | undefined;
  private hasJoined = false;
  private readonly refused = new Set<string>();
  private readonly parts: JoiningParts;

  constructor(parts: JoiningParts) {
    this.parts = parts;
    this.hasSeeds = parts.hasSeeds;
    this.pauseMs = PAUSE_FIRST * parts.config.probeIntervalMs;
  }

  /** What the seeds resolve to as of now. */
  join(seeds: readonly Endpoint[], hasUnresolved: boolean, now: Millis): void {
    this.seeds = seeds;
    this.hasUnresolved = hasUnresolved;
    this.startedAt ??= now;
    if (!this.hasSeeds) this.dialledAt = now;
    this.hasSeeds = true;
    this.isWaiting = false;
    this.dial(now);
  }

  /** The first sync through a seed makes this node a member of a cluster. */
  onSyncEnded(end: SyncEnd, now: Millis): void {
    if (!end.isJoin || !end.isDone || this.hasJoined) return;
    this.hasJoined = true;
    const { outbox, table, sync } = this.parts;
    // A seed that has not joined itself may know no member: the others are still asked.
    if (!end.isPeerPartial) sync.dropOtherJoins(end.peer.name);
    const tookMs = now - (this.startedAt ?? now);
    outbox.emit({ kind: "joined", through: end.peer.name, members: table.presentCount, tookMs });
  }

  /** A cluster of another profile refuses this node at `seed`: one event for each address. */
  onJoinRefused(
    seed: Endpoint,
    cluster: { readonly from: Endpoint; readonly theirs: string },
  ): void {
    const address = formatEndpoint(seed);
    if (this.refused.has(address)) return;
    this.refused.add(address);
    const { outbox, config } = this.parts;
    const isByAll = this.isRefusedByAll();
    outbox.emit({ kind: "join-refused", ...cluster, mine: config.profile, isByAll });
  }

  /** Whether this node looks for its cluster at that address. */
  isDialled(endpoint: Endpoint): boolean {
    return [...this.seeds, ...this.parts.remembered].some((each) => sameEndpoint(each, endpoint));
  }

  wake(now: Millis): void {
    if (now < this.nextDeadline()) return;
    const { outbox, config } = this.parts;
    this.startedAt ??= now;
    if (this.dialledAt > Number.NEGATIVE_INFINITY) this.pauseMs *= PAUSE_GROWTH;
    this.pauseMs = Math.min(PAUSE_KNOWN * config.probeIntervalMs, this.pauseMs);
    this.dialledAt = now;
    // A look-up may take its time, or never end: meanwhile what is known is dialled.
    if (!this.hasSeeds || this.isWaiting) this.dial(now);
    if (!this.hasSeeds || !this.isLookUpNeeded()) return;
    this.attempt++;
    this.isWaiting = true;
    outbox.emit({ kind: "seeds-wanted", attempt: this.attempt });
  }

  nextDeadline(): Millis {
    if (!this.hasSeeds && !this.isDialling) return NEVER;
    const periods = this.isAlone ? PAUSE_ALONE : this.companyPauseMax;
    return this.dialledAt + Math.min(this.pauseMs, periods * this.parts.config.probeIntervalMs);
  }

  private dial(now: Millis): void {
    const targets = this.targets();
    const count = Math.min(targets.length, this.isAlone ? DIALS_ALONE : DIALS_IN_COMPANY);
    for (let i = 0; i < count; i++) {
      const target = targets[(this.dialled + i) % targets.length] as Endpoint;
      this.parts.sync.dial(target, this.dials, now);
    }
    this.dials++;
    this.dialled = targets.length > count ? this.dialled + count : 0;
  }

  /** This node is alone, and no address is left at which it might find its cluster. */
  private isRefusedByAll(): boolean {
    if (!this.isAlone || this.hasUnresolved) return false;
    return this.everybody().every((each) => this.refused.has(formatEndpoint(each)));
  }

  /** Whether a present member is known wherever this node might find its cluster. */
  get isNobodyLeft(): boolean {
    return !this.hasUnresolved && !this.isWaiting && this.unknown().length === 0;
  }

  private get isAlone(): boolean {
    return this.parts.table.presentCount <= 1;
  }

  private targets(): Endpoint[] {
    const targets = this.isAlone ? this.everybody() : this.unknown();
    const isSettled = targets.length === 0 && !this.hasUnresolved;
    this.companyPauseMax = isSettled ? PAUSE_KNOWN : PAUSE_UNKNOWN;
    return targets;
  }

  private isLookUpNeeded(): boolean {
    return this.attempt === 0 || this.isAlone || this.hasUnresolved || this.targets().length > 0;
  }

  /** Without seeds: whether there is anybody to look for. */
  private get isDialling(): boolean {
    return (
      this.parts.remembered.length > 0 || (this.isAlone && this.parts.table.members.length > 1)
    );
  }

  /** Seeds first: those are what the operator says. */
  private everybody(): Endpoint[] {
    const known = this.parts.table.members.flatMap(({ record, state }) =>
      state === "forgotten" ? [] : [record.endpoint],
    );
    return this.distinct([...this.seeds, ...this.parts.remembered, ...known], new Set());
  }

  /** Where no present member is known. The dead are dialled by others already. */
  private unknown(): Endpoint[] {
    const present = new Set<string>();
    const known = new Set<string>();
    for (const { record, state } of this.parts.table.members) {
      const address = formatEndpoint(record.endpoint);
      known.add(address);
      if (isPresent(state)) present.add(address);
    }
    const seeds = this.distinct(this.seeds, present);
    return [...seeds, ...this.distinct(this.parts.remembered, known)];
  }

  private distinct(endpoints: readonly Endpoint[], without: Set<string>): Endpoint[] {
    const seen = new Set(without).add(formatEndpoint(this.parts.self.record.endpoint));
    return endpoints.filter((endpoint) => {
      const address = formatEndpoint(endpoint);
      if (seen.has(address)) return false;
      seen.add(address);
      return true;
    });
  }
}
