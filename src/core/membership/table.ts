import type { MembershipConfig } from "../config.ts";
import { invariant } from "../errors.ts";
import type {
  BeliefUpdate,
  MemberName,
  MemberRecord,
  MemberState,
  Millis,
  ViewDigest,
} from "../member.ts";
import { isPresent } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";
import { type Hash64, ZERO_HASH } from "../primitives/hash.ts";
import { DigestKeeper, digestEntryOf } from "./digest.ts";
import { newRow, type Row } from "./row.ts";
import { RowOrder } from "./row-order.ts";
import { supersedes } from "./supersedes.ts";
import { isTold, leastWorthKeeping, outlasts, toldForMs, worthOf } from "./tombstones.ts";

/** A limit that is met again and again is reported once in this span. */
const LIMIT_TOLD_MS = 60_000;

/** One row of the table: a record, and what this node believes of it. */
export interface Member {
  readonly name: MemberName;
  /** Of the name: the member's place on the rings and in the order of a sync. */
  readonly hash: Hash64;
  readonly record: MemberRecord;
  readonly state: MemberState;
  /** When it took the state. */
  readonly since: Millis;
  /** Who declared the state. */
  readonly by: MemberName;
  /** Dead, and its host said so: a fact, where others are only silent. */
  readonly wasRefused: boolean;
}

/** What an accepted belief changed. */
export interface Transition {
  /** The row as it is now, and goes on to change. */
  readonly member: Member;
  /** What was held of it, frozen; null for a member not known before. */
  readonly before: Held | null;
}

/** What a row said at one moment. */
export type Held = Pick<Member, "record" | "state">;

/** A bound of the table, by the name of its parameter. */
export type TableLimit = "membersMax" | "tombstonesMax";

/** What one reaping dropped, and the limits that were met since the one before. */
interface Reaped {
  readonly members: readonly Member[];
  readonly limits: readonly TableLimit[];
}

/** A state to be taken over, with its age and author. */
export interface Belief {
  readonly record: MemberRecord;
  readonly state: MemberState;
  readonly since: Millis;
  readonly by: MemberName;
  readonly wasRefused?: boolean | undefined;
}

/** Everything one node believes about all members, itself included. Ranks by `supersedes` alone. */
export class MembershipTable {
  private readonly rows = new Map<MemberName, Row>();
  private readonly order = new RowOrder<Row>();
  private readonly presentOrder = new RowOrder<Row>();
  private readonly deadOrder = new RowOrder<Row>();
  private readonly digests = new DigestKeeper();
  private readonly config: MembershipConfig;
  private tombstonesDueAt: Millis = NEVER;
  /** The most worth of the tombstones that had to go although their time was not over. */
  private worthless = Number.NEGATIVE_INFINITY;
  private readonly limitsToldUntil = new Map<TableLimit, Millis>();
  private readonly limitsMet = new Set<TableLimit>();

  constructor(config: MembershipConfig) {
    this.config = config;
  }

  /** The row of that name, which goes on to change. */
  get(name: MemberName): Member | undefined {
    return this.rows.get(name);
  }

  /** The member whose name hash has that high word; of several the first in order. */
  getByHigh(high: number): Member | undefined {
    return this.order.findHigh(high);
  }

  /** All members in (name hash, name) order, the forgotten included. */
  get members(): readonly Member[] {
    return this.order.rows;
  }

  /** Those neither dead nor left nor forgotten, in the same order; this node included. */
  get present(): readonly Member[] {
    return this.presentOrder.rows;
  }

  /** Those that are held dead, in the same order. */
  get dead(): readonly Member[] {
    return this.deadOrder.rows;
  }

  /** The n of every formula. */
  get presentCount(): number {
    return this.present.length;
  }

  /** The digest of this view. */
  get digest(): ViewDigest {
    return this.digests.current;
  }

  /** Whether this view has that digest, or had it within the last two seconds. */
  isKnownDigest(digest: ViewDigest, now: Millis): boolean {
    return this.digests.holds(digest, now);
  }

  /**
   * Takes over `belief` if it supersedes the present one. A record of the same incarnation never
   * replaces the one held: what a member says of itself changes only with its incarnation.
   */
  apply(belief: Belief, now: Millis): Transition | undefined {
    const { record, state } = belief;
    const row = this.rows.get(record.name);
    if (row === undefined) return this.insert(belief, now);
    const fact = { state, incarnation: record.incarnation };
    if (!supersedes(fact, { state: row.state, incarnation: row.record.incarnation }))
      return undefined;
    const before = Object.freeze({ record: row.record, state: row.state });
    const isNewRecord = record.incarnation !== row.record.incarnation;
    const isSameLife = isPresent(state) && isPresent(row.state);
    if (state !== row.state || (isNewRecord && !isSameLife)) row.since = belief.since;
    if (isNewRecord) row.record = record;
    this.place(row, state);
    row.by = belief.by;
    row.wasRefused = state === "dead" && belief.wasRefused === true;
    this.refreshEntry(row, now);
    return { member: row, before };
  }

  /**
   * Fills the table of a node that knows no other yet: these are alive. As `apply` of each, with
   * the order and the digest made once. Returns the members.
   */
  fill(records: readonly MemberRecord[], now: Millis): readonly Member[] {
    invariant(this.rows.size === 0, "only an empty table is filled");
    for (const record of records) {
      if (this.rows.has(record.name) || this.rows.size >= this.config.membersMax) continue;
      const row = newRow({ record, state: "alive", since: now, by: record.name });
      row.entry = digestEntryOf(record, row.state);
      this.rows.set(row.name, row);
    }
    this.order.fill(this.rows.values());
    this.presentOrder.fill(this.rows.values());
    this.digests.fill(this.rows.values(), now);
    return this.members;
  }

  /**
   * Another node remembers the same end, and for longer: where it is not told any more here, the age
   * it has there counts. Else the views would differ, and no sync could make them one.
   */
  remind(belief: Belief, now: Millis): void {
    const row = this.rows.get(belief.record.name);
    if (row === undefined || !outlasts(belief, row, this.config.tombstoneMs, now)) return;
    row.since = belief.since;
    this.refreshEntry(row, now);
  }

  /** 2^bits digests: bucket i holds the members whose name hash begins with the bits of i. */
  bucketHashes(bits: number): Hash64[] {
    return this.digests.buckets(bits);
  }

  /** As `RowOrder.indexAfter`, in `members`. */
  indexAfter(name: MemberName | null): number {
    return this.order.indexAfter(name);
  }

  /**
   * Drops the tombstones whose time is over, and those for which there is no room. Those that are
   * about to go are left out of the digest from now on.
   */
  reap(now: Millis): Reaped {
    if (now < this.tombstonesDueAt) return NOTHING_REAPED;
    this.tombstonesDueAt = NEVER;
    const tombstones = this.order.rows.filter(({ state }) => !isPresent(state));
    const isOver = ({ since }: Row): boolean => now >= since + this.config.tombstoneMs;
    const over = tombstones.filter(isOver);
    const left = over.length === 0 ? tombstones : tombstones.filter((row) => !isOver(row));
    const crowdedOut = leastWorthKeeping(left, left.length - this.config.tombstonesMax);
    for (const row of crowdedOut) this.worthless = Math.max(this.worthless, worthOf(row));
    if (crowdedOut.length > 0) this.meetLimit("tombstonesMax", now);
    const reaped = [...over, ...crowdedOut];
    for (const row of reaped) this.remove(row, now);
    for (const row of left) if (this.rows.get(row.name) === row) this.refreshEntry(row, now);
    const limits = [...this.limitsMet];
    this.limitsMet.clear();
    return { members: reaped, limits };
  }

  /** When the next tombstone is due to be told no more, or to go; or NEVER. */
  nextReapAt(): Millis {
    return this.tombstonesDueAt;
  }

  private insert(belief: Belief, now: Millis): Transition | undefined {
    if (!this.hasRoomFor(belief, now)) return undefined;
    const row = newRow(belief);
    this.rows.set(row.name, row);
    this.order.insert(row);
    this.placeOf(row.state)?.insert(row);
    this.refreshEntry(row, now);
    return { member: row, before: null };
  }

  /**
   * A new tombstone that is worth less than what had to go before would have to go itself, and one
   * that is not told any more may have been dropped here already.
   */
  private hasRoomFor(belief: Belief, now: Millis): boolean {
    const { membersMax, tombstonesMax } = this.config;
    if (isPresent(belief.state)) {
      const hasRoom = this.presentCount < membersMax;
      if (!hasRoom) this.meetLimit("membersMax", now);
      return hasRoom;
    }
    if (!this.isTold(belief, now)) return false;
    const tombstones = this.rows.size - this.presentCount;
    return tombstones < tombstonesMax || worthOf(belief) > this.worthless;
  }

  /** Reported with the next reaping, which is due at once. */
  private meetLimit(limit: TableLimit, now: Millis): void {
    if (now < (this.limitsToldUntil.get(limit) ?? now)) return;
    this.limitsToldUntil.set(limit, now + LIMIT_TOLD_MS);
    this.limitsMet.add(limit);
    this.tombstonesDueAt = Math.min(this.tombstonesDueAt, now);
  }

  private place(row: Row, state: MemberState): void {
    const from = this.placeOf(row.state);
    row.state = state;
    const to = this.placeOf(state);
    if (from === to) return;
    from?.remove(row);
    to?.insert(row);
  }

  /** Where members of that state are listed besides. */
  private placeOf(state: MemberState): RowOrder<Row> | undefined {
    if (isPresent(state)) return this.presentOrder;
    return state === "dead" ? this.deadOrder : undefined;
  }

  private remove(row: Row, now: Millis): void {
    this.digests.replace(row.hash, row.entry, ZERO_HASH, now);
    this.rows.delete(row.name);
    this.order.remove(row);
    this.placeOf(row.state)?.remove(row);
  }

  private refreshEntry(row: Row, now: Millis): void {
    const entry = this.isTold(row, now) ? digestEntryOf(row.record, row.state) : ZERO_HASH;
    this.digests.replace(row.hash, row.entry, entry, now);
    row.entry = entry;
    if (isPresent(row.state)) return;
    this.noteTombstone(row, now);
    const tombstones = this.rows.size - this.presentCount;
    if (tombstones > this.config.tombstonesMax) this.tombstonesDueAt = now;
  }

  private noteTombstone(row: Row, now: Millis): void {
    const { tombstoneMs } = this.config;
    const keptForMs = this.isTold(row, now) ? toldForMs(tombstoneMs) : tombstoneMs;
    this.tombstonesDueAt = Math.min(this.tombstonesDueAt, row.since + keptForMs);
  }

  private isTold(tombstone: Pick<Belief, "state" | "since">, now: Millis): boolean {
    return isTold(tombstone, this.config.tombstoneMs, now);
  }
}

const NOTHING_REAPED: Reaped = { members: [], limits: [] };

/** A row as an update, with its age. */
export function beliefUpdate(member: Member, now: Millis): BeliefUpdate {
  const { record, state, by, wasRefused } = member;
  const ageMs = Math.max(0, now - member.since);
  const update = { kind: "belief", record, state, ageMs, by } as const;
  return wasRefused ? { ...update, wasRefused } : update;
}
