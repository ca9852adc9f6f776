import type { MemberRecord, MemberState, Millis, ViewDigest } from "../member.ts";
import { isPresent } from "../member.ts";
import { equalHash, type Hash64, hash64, xorHash, ZERO_HASH } from "../primitives/hash.ts";

/** How long a digest that was replaced still counts as "only behind". */
const HISTORY_MS = 2000;
/** A view is told apart in at most 2^this buckets. */
export const BUCKET_BITS_MAX = 6;

/**
 * What one member adds to a view digest. Suspicion is left out because it is meant to differ
 * between views for a while; every other difference is one that has to be closed.
 */
export function digestEntry(name: string, incarnation: number, state: MemberState): Hash64 {
  return hash64(`${name} ${incarnation} ${isPresent(state) ? "present" : state}`);
}

/** What a record adds in that state, one object for all views that hold the record. */
export function digestEntryOf(record: MemberRecord, state: MemberState): Hash64 {
  let entries = entriesOfRecord.get(record);
  if (entries === undefined) {
    entries = {};
    entriesOfRecord.set(record, entries);
  }
  const key = isPresent(state) ? "alive" : state;
  entries[key] ??= digestEntry(record.name, record.incarnation, key);
  return entries[key];
}

const entriesOfRecord = new WeakMap<MemberRecord, Partial<Record<MemberState, Hash64>>>();

/** The bucket of a name hash among 2^bits. */
export function bucketOf(hash: Hash64, bits: number): number {
  return bits === 0 ? 0 : hash.high >>> (32 - bits);
}

/**
 * The digest of one view and of its buckets, kept incrementally, and the ones it had a moment ago.
 */
export class DigestKeeper {
  private digest: ViewDigest = ZERO_HASH;
  private readonly finest: Hash64[] = new Array(1 << BUCKET_BITS_MAX).fill(ZERO_HASH);
  private readonly replaced: { readonly digest: ViewDigest; readonly untilMs: Millis }[] = [];

  /** The digest of the view as it is. */
  get current(): ViewDigest {
    return this.digest;
  }

  /** Swaps the entry of the member with that name hash; ZERO_HASH stands for "not in it". */
  replace(nameHash: Hash64, before: Hash64, after: Hash64, now: Millis): void {
    if (equalHash(before, after)) return;
    this.replaced.push({ digest: this.digest, untilMs: now + HISTORY_MS });
    this.swap(nameHash, xorHash(before, after));
    this.dropOld(now);
  }

  /** Adds the entries of a view that was empty: one change, whatever their number. */
  fill(rows: Iterable<{ readonly hash: Hash64; readonly entry: Hash64 }>, now: Millis): void {
    this.replaced.push({ digest: this.digest, untilMs: now + HISTORY_MS });
    for (const { hash, entry } of rows) this.swap(hash, entry);
  }

  /** 2^bits digests: bucket i holds the members whose name hash begins with the bits of i. */
  buckets(bits: number): Hash64[] {
    const hashes: Hash64[] = new Array(1 << bits).fill(ZERO_HASH);
    for (const [index, hash] of this.finest.entries()) {
      const bucket = index >>> (BUCKET_BITS_MAX - bits);
      hashes[bucket] = xorHash(hashes[bucket] as Hash64, hash);
    }
    return hashes;
  }

  /**
   * Whether this view has, or had within the last two seconds, that digest: such a peer is equal or
   * only behind.
   */
  holds(digest: ViewDigest, now: Millis): boolean {
    if (equalHash(digest, this.digest)) return true;
    this.dropOld(now);
    return this.replaced.some((old) => equalHash(old.digest, digest));
  }

  private swap(nameHash: Hash64, difference: Hash64): void {
    const bucket = bucketOf(nameHash, BUCKET_BITS_MAX);
    this.digest = xorHash(this.digest, difference);
    this.finest[bucket] = xorHash(this.finest[bucket] as Hash64, difference);
  }

  private dropOld(now: Millis): void {
    let expired = 0;
    while ((this.replaced[expired]?.untilMs ?? now + 1) <= now) expired++;
    if (expired > 0) this.replaced.splice(0, expired);
  }
}
