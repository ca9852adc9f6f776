import type { MemberRecord, MemberState, Millis, ViewDigest } from "../member.ts";
import { isPresent } from "../member.ts";
import { equalHash, type Hash64, hash64, xorHash, ZERO_HASH } from "../primitives/hash.ts";

/** How long a digest that was replaced still counts as "only behind". */
const HISTORY_MS = 2000;

/**
 * What one member adds to a view digest. Suspicion is left out because it is meant to differ
 * between views for a while; forgotten members are left out so that a node which never knew them
 * agrees.
 */
export function digestEntry(name: string, incarnation: number, state: MemberState): Hash64 {
  if (state === "forgotten") return ZERO_HASH;
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

/** The digest of one view, kept incrementally, and the ones it had a moment ago. */
export class DigestKeeper {
  private digest: ViewDigest = ZERO_HASH;
  private readonly replaced: { readonly digest: ViewDigest; readonly untilMs: Millis }[] = [];

  get current(): ViewDigest {
    return this.digest;
  }

  /** Swaps one member's entry; ZERO_HASH stands for "not in it". */
  replace(before: Hash64, after: Hash64, now: Millis): void {
    if (equalHash(before, after)) return;
    this.replaced.push({ digest: this.digest, untilMs: now + HISTORY_MS });
    this.digest = xorHash(this.digest, xorHash(before, after));
    this.dropOld(now);
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

  private dropOld(now: Millis): void {
    let expired = 0;
    while ((this.replaced[expired]?.untilMs ?? now + 1) <= now) expired++;
    if (expired > 0) this.replaced.splice(0, expired);
  }
}
