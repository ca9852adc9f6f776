import { isPresent, type MemberName, type MemberRecord, type Millis } from "../../core/member.ts";
import { compareKeys, type OrderKey, orderKey } from "../../core/name-order.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import { type Hash64, hash64, hashToHex, xorHash, ZERO_HASH } from "../../core/primitives/hash.ts";
import type { PoolRecord } from "../wire/messages.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolReader } from "./pool-reader.ts";
import type { Opinion, PoolRow, PoolState } from "./pool-row.ts";

/** Between two looks for rows that have ended long ago. */
const REAP_EVERY_MS: Millis = 1000;
/** Members whose opinion of one row is kept; the oldest goes. */
export const OPINIONS_MAX = 16;

type Held = { -readonly [K in keyof PoolRow]: PoolRow[K] } & {
  readonly order: OrderKey;
  /** Of name and incarnation. */
  entry: Hash64;
  advertised: ReturnType<PoolReader["advertised"]>;
  record: MemberRecord | undefined;
};

/** Shared by all rows of whom nobody says anything. Nobody writes to it. */
const NO_OPINIONS: ReadonlyMap<MemberName, Opinion> = new Map();

interface PoolTableParts {
  readonly config: PoolConfig;
  readonly reader: PoolReader;
  readonly selfName: MemberName;
}

/**
 * The members of a pool, as the pool has them. What is over is shown for a while, but it stands in
 * nobody's way once the pool itself has forgotten it (`isForgottenByPool`).
 */
export class PoolTable {
  private readonly rows = new Map<MemberName, Held>();
  private readonly config: PoolConfig;
  private readonly reader: PoolReader;
  private readonly selfName: MemberName;
  private presentRows: readonly PoolRow[] | undefined;
  private sortedRows: readonly Held[] = [];
  /** Those that have no place among them yet. */
  private unsortedRows: Held[] = [];
  private reapAt: Millis = NEVER;
  private readonly endedRows = new Set<Held>();
  private changes = 0;
  /** Of all that are present: a table of thousands is not hashed anew for each look at it. */
  private presentHash = ZERO_HASH;

  constructor({ config, reader, selfName }: PoolTableParts) {
    this.config = config;
    this.reader = reader;
    this.selfName = selfName;
  }

  /** One more with each change of who is present. */
  get version(): number {
    return this.changes;
  }

  get(name: MemberName): PoolRow | undefined {
    return this.rows.get(name);
  }

  /** All rows, in no order that means anything. */
  get all(): Iterable<PoolRow> {
    return this.rows.values();
  }

  /** The same by name. */
  get sorted(): readonly PoolRow[] {
    if (this.unsortedRows.length > 0) {
      // A sorted beginning costs the sort next to nothing: a large table grows piece by piece.
      const rows = [...this.sortedRows, ...this.unsortedRows];
      this.sortedRows = rows.sort((a, b) => compareKeys(a.order, b.order));
      this.unsortedRows = [];
    }
    return this.sortedRows;
  }

  /** Alive and suspect members, in the order in which they became known. */
  get present(): readonly PoolRow[] {
    this.presentRows ??= [...this.rows.values()].filter(({ state }) => isPresent(state));
    return this.presentRows;
  }

  /** Members that are dead or left. */
  get ended(): Iterable<PoolRow> {
    return this.endedRows;
  }

  /** How many are present. */
  get presentCount(): number {
    return this.rows.size - this.endedRows.size;
  }

  /** Members that the pool counts when it chooses how long a suspicion runs: its lately dead, too. */
  poolSize(now: Millis): number {
    let lately = 0;
    for (const row of this.endedRows) if (!this.isForgottenByPool(row, now)) lately++;
    return this.presentCount + lately;
  }

  /** Whether there is room for one more member. */
  get isFull(): boolean {
    return this.presentCount >= this.config.membersMax;
  }

  /** Takes in a member that has no row. */
  add(heard: PoolRecord, state: PoolState, by: MemberName, now: Millis): PoolRow {
    const { name, incarnation } = heard;
    const row: Held = {
      ...{ name, hash: hash64(name), state, since: now, by, heard, incarnation },
      ...{ incarnationSince: now, knownSince: now, run: 1, heardAt: undefined, record: undefined },
      ...{ declared: undefined, opinions: NO_OPINIONS, order: orderKey(name) },
      ...{ entry: entryHash(heard), advertised: this.reader.advertised(heard) },
    };
    this.rows.set(name, row);
    this.unsortedRows.push(row);
    if (isPresent(state)) this.toggle(row);
    else this.noteEnded(row, now);
    this.touch();
    return row;
  }

  /** Another state, or the same at another incarnation. */
  setState(row: PoolRow, state: PoolState, incarnation: number, by: MemberName, now: Millis): void {
    const held = row as Held;
    const was = held.state;
    if (isPresent(was)) this.toggle(held);
    if (isPresent(was) !== isPresent(state)) {
      if (isPresent(state)) {
        this.endedRows.delete(held);
        held.knownSince = now;
        held.declared = undefined;
      } else this.noteEnded(held, now);
      this.touch();
    }
    held.state = state;
    held.by = by;
    if (was !== state) held.since = now;
    if (held.incarnation !== incarnation) {
      held.incarnation = incarnation;
      held.incarnationSince = now;
      held.entry = entryHash(held);
      held.record = undefined;
      held.opinions = NO_OPINIONS;
    }
    if (isPresent(state)) this.toggle(held);
  }

  /** Who declared its present state is known only now. */
  setDeclarer(row: PoolRow, by: MemberName): void {
    (row as Held).by = by;
  }

  /** What the member says of itself now; `isNewRun` where it has started again since. */
  setRecord(row: PoolRow, heard: PoolRecord, isNewRun: boolean): void {
    const held = row as Held;
    held.heard = heard;
    held.advertised = this.reader.advertised(heard);
    held.record = undefined;
    if (isNewRun) {
      held.run++;
      held.heardAt = undefined;
      this.touch();
    }
  }

  /** A viewer has the member as over, or as present. */
  noteOpinion(row: PoolRow, viewer: MemberName, isOver: boolean, now: Millis): void {
    // Of a member of whom all is well nothing has to be remembered.
    if (!isOver && row.state === "alive" && row.opinions.size === 0) return;
    const opinions = new Map(row.opinions);
    (row as Held).opinions = opinions;
    opinions.delete(viewer);
    opinions.set(viewer, { isOver, at: now });
    if (opinions.size <= OPINIONS_MAX) return;
    for (const oldest of opinions.keys()) {
      opinions.delete(oldest);
      return;
    }
  }

  /**
   * Whether the pool no longer remembers that the member was: any word of it counts again. Of a
   * pool that was gone as a whole, and begins anew, nobody remembers anything.
   */
  isForgottenByPool(row: PoolRow, now: Millis): boolean {
    if (isPresent(row.state)) return false;
    return row.by === this.selfName || now - row.since >= this.config.poolDeadMemoryMs;
  }

  /** The row as the rest of this program knows members. */
  recordOf(row: PoolRow): MemberRecord {
    const held = row as Held;
    held.record ??= this.describe(held);
    return held.record;
  }

  /** 16 hex digits over names and incarnations of the present members. */
  get digest(): string {
    return hashToHex(this.presentHash);
  }

  /** The same of a view's present members: equal for equal views. */
  digestOf(members: readonly { readonly record: PoolRecord }[]): string {
    let digest = ZERO_HASH;
    for (const { record } of members) {
      const held = this.rows.get(record.name);
      const isSame = held?.incarnation === record.incarnation;
      digest = xorHash(digest, isSame ? held.entry : entryHash(record));
    }
    return hashToHex(digest);
  }

  /** Drops what is over for long, and the oldest beyond the limit. */
  reap(now: Millis): readonly PoolRow[] {
    if (now < this.reapAt) return [];
    const ended = [...this.endedRows].sort((a, b) => a.since - b.since);
    const tooMany = Math.max(0, ended.length - this.config.endedMax);
    const dropped = ended.filter(
      ({ since }, at) => at < tooMany || now - since >= this.config.endedShownMs,
    );
    for (const row of dropped) {
      this.rows.delete(row.name);
      this.endedRows.delete(row);
    }
    if (dropped.length > 0) {
      this.unsortedRows = this.unsortedRows.filter((row) => this.rows.has(row.name));
      this.sortedRows = this.sortedRows.filter((row) => this.rows.has(row.name));
    }
    const oldest = ended.find((row) => this.endedRows.has(row));
    this.reapAt =
      oldest === undefined
        ? NEVER
        : Math.max(now + REAP_EVERY_MS, oldest.since + this.config.endedShownMs);
    return dropped;
  }

  /** When `reap` has to be called again. */
  nextReapAt(): Millis {
    return this.reapAt;
  }

  private noteEnded(row: Held, now: Millis): void {
    this.endedRows.add(row);
    const isFlood = this.endedRows.size > this.config.endedMax;
    this.reapAt = Math.min(this.reapAt, now + (isFlood ? 0 : this.config.endedShownMs));
  }

  /** A row comes into the digest, or goes. */
  private toggle({ entry }: Held): void {
    this.presentHash = xorHash(this.presentHash, entry);
  }

  private touch(): void {
    this.changes++;
    this.presentRows = undefined;
  }

  private describe({ name, hash, heard, incarnation, run, advertised }: Held): MemberRecord {
    const { tags, services } = advertised;
    const [min = 1, max = 2] = heard.versions;
    return Object.freeze({
      ...{ name, endpoint: heard.endpoint, incarnation, tags, services },
      // The pool has no such thing: it has to be equal for one run, and greater for the next one.
      startId: run.toString(16).padStart(8, "0") + hashToHex(hash),
      api: null,
      protocol: { min, max },
      takesWires: false,
    });
  }
}

function entryHash({ name, incarnation }: Pick<PoolRow, "name" | "incarnation">): Hash64 {
  return hash64(`${incarnation} ${name}`);
}
