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
import { isPresent, supersedes } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";
import { type Hash64, hash64, xorHash, ZERO_HASH } from "../primitives/hash.ts";
import { DigestKeeper, digestEntryOf } from "./digest.ts";

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
}

/** What an accepted belief changed. */
export interface Transition {
  readonly member: Member;
  /** Null for a member not known before. */
  readonly from: MemberState | null;
  readonly previous: MemberRecord | null;
}

interface Row extends Member {
  record: MemberRecord;
  state: MemberState;
  since: Millis;
  by: MemberName;
  entry: Hash64;
}

/** A state to be taken over, with its age and author. */
export interface Belief {
  readonly record: MemberRecord;
  readonly state: MemberState;
  readonly since: Millis;
  readonly by: MemberName;
}

/**
 * Everything one node believes about all members, itself included. Ranks by `supersedes` and by
 * nothing else.
 */
export class MembershipTable {
  private readonly rows = new Map<MemberName, Row>();
  /** By name hash, then name: the order that buckets and pages of a sync walk through. */
  private readonly order: Row[] = [];
  private readonly digests = new DigestKeeper();
  private readonly config: MembershipConfig;
  private present = 0;
  private tombstonesDueAt: Millis = NEVER;

  constructor(config: MembershipConfig) {
    this.config = config;
  }

  get(name: MemberName): Member | undefined {
    return this.rows.get(name);
  }

  /** All members in (name hash, name) order, the forgotten included. */
  get members(): readonly Member[] {
    return this.order;
  }

  /** Members neither dead nor left, this node included: the n of every formula. */
  get presentCount(): number {
    return this.present;
  }

  get digest(): ViewDigest {
    return this.digests.current;
  }

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
    const transition = { member: row, from: row.state, previous: row.record };
    this.present += Number(isPresent(state)) - Number(isPresent(row.state));
    if (record.incarnation !== row.record.incarnation) row.record = record;
    if (state !== row.state) row.since = belief.since;
    row.state = state;
    row.by = belief.by;
    this.refreshEntry(row, now);
    return transition;
  }

  /**
   * Fills the table of a node that knows nobody yet: these are alive. As `apply` of each, with the
   * order and the digest made once. Returns the members.
   */
  fill(records: readonly MemberRecord[], now: Millis): readonly Member[] {
    invariant(this.rows.size === 0, "only an empty table is filled");
    let digest = ZERO_HASH;
    for (const record of records) {
      if (this.rows.has(record.name) || this.rows.size >= this.config.membersMax) continue;
      const row = newRow({ record, state: "alive", since: now, by: record.name });
      row.entry = digestEntryOf(record, row.state);
      digest = xorHash(digest, row.entry);
      this.rows.set(row.name, row);
    }
    this.order.push(...this.rows.values());
    this.order.sort((a, b) => (comesBefore(a.hash, a.name, b.hash, b.name) ? -1 : 1));
    this.digests.replace(ZERO_HASH, digest, now);
    this.present = this.order.length;
    return this.order;
  }

  /** Whether a belief may travel by sync: tombstones only while they are young. */
  isShared(member: Member, now: Millis): boolean {
    return isPresent(member.state) || this.isShareable(now - member.since);
  }

  /** Whether a tombstone of that age is young enough to be told, and to be taken from others. */
  isShareable(ageMs: Millis): boolean {
    return ageMs < this.config.tombstoneSharedMs;
  }

  /** 2^bits digests: bucket i holds the members whose name hash begins with the bits of i. */
  bucketHashes(bits: number): Hash64[] {
    const hashes: Hash64[] = new Array(1 << bits).fill(ZERO_HASH);
    for (const row of this.order) {
      const bucket = bucketOf(row.hash, bits);
      hashes[bucket] = xorHash(hashes[bucket] as Hash64, row.entry);
    }
    return hashes;
  }

  /**
   * Index in `members` of the first one after `name`; 0 for null. The name need not be in the
   * table.
   */
  indexAfter(name: MemberName | null): number {
    if (name === null) return 0;
    const at = this.position(hash64(name), name);
    return this.order[at]?.name === name ? at + 1 : at;
  }

  /**
   * Drops tombstones past their time and takes the older ones out of the digest. Returns the names
   * dropped.
   */
  reap(now: Millis): MemberName[] {
    if (now < this.tombstonesDueAt) return [];
    const reaped: MemberName[] = [];
    this.tombstonesDueAt = NEVER;
    for (const row of [...this.order]) {
      if (isPresent(row.state)) continue;
      if (now - row.since >= this.config.tombstoneMs) {
        this.remove(row, now);
        reaped.push(row.name);
      } else this.refreshEntry(row, now);
    }
    return reaped;
  }

  nextReapAt(): Millis {
    return this.tombstonesDueAt;
  }

  private insert(belief: Belief, now: Millis): Transition | undefined {
    if (this.rows.size >= this.config.membersMax) return undefined;
    const row = newRow(belief);
    this.rows.set(row.name, row);
    this.order.splice(this.position(row.hash, row.name), 0, row);
    this.present += Number(isPresent(row.state));
    this.refreshEntry(row, now);
    return { member: row, from: null, previous: null };
  }

  private remove(row: Row, now: Millis): void {
    this.digests.replace(row.entry, ZERO_HASH, now);
    this.rows.delete(row.name);
    this.order.splice(this.position(row.hash, row.name), 1);
  }

  private refreshEntry(row: Row, now: Millis): void {
    const entry = this.isShared(row, now) ? digestEntryOf(row.record, row.state) : ZERO_HASH;
    this.digests.replace(row.entry, entry, now);
    row.entry = entry;
    if (isPresent(row.state)) return;
    const shared = row.since + this.config.tombstoneSharedMs;
    const dueAt = shared > now ? shared : row.since + this.config.tombstoneMs;
    this.tombstonesDueAt = Math.min(this.tombstonesDueAt, dueAt);
  }

  private position(hash: Hash64, name: MemberName): number {
    let low = 0;
    let high = this.order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const row = this.order[middle] as Row;
      if (comesBefore(row.hash, row.name, hash, name)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Written out, and not spread: a large view is made of these, and so each is one small object. */
function newRow({ record, state, since, by }: Belief): Row {
  const { name } = record;
  return { name, hash: nameHashOf(record), record, state, since, by, entry: ZERO_HASH };
}

/** One object for all views that hold the record, so that they can share what is made of it. */
const nameHashes = new WeakMap<MemberRecord, Hash64>();

function nameHashOf(record: MemberRecord): Hash64 {
  const known = nameHashes.get(record);
  if (known !== undefined) return known;
  const hash = hash64(record.name);
  nameHashes.set(record, hash);
  return hash;
}

/** The bucket of a name hash among 2^bits. */
export function bucketOf(hash: Hash64, bits: number): number {
  return bits === 0 ? 0 : hash.high >>> (32 - bits);
}

/** A row as an update, with its age. */
export function beliefUpdate(member: Member, now: Millis): BeliefUpdate {
  const { record, state, by } = member;
  return { kind: "belief", record, state, ageMs: Math.max(0, now - member.since), by };
}

function comesBefore(a: Hash64, aName: string, b: Hash64, bName: string): boolean {
  if (a.high !== b.high) return a.high < b.high;
  if (a.low !== b.low) return a.low < b.low;
  return aName < bName;
}
