import type { MembershipConfig } from "../config.ts";
import type { SendTo } from "../effect.ts";
import type { BeliefUpdate, Millis } from "../member.ts";
import { bucketOf } from "../membership/digest.ts";
import { supersedes } from "../membership/supersedes.ts";
import { beliefUpdate, type Member, type MembershipTable } from "../membership/table.ts";
import { outlasts } from "../membership/tombstones.ts";
import type { MessageBody, MessageSizer } from "../message.ts";
import { equalHash, type Hash64 } from "../primitives/hash.ts";
import type { Outbox } from "../sending/outbox.ts";
import { LONGEST_NAME, writePage } from "./page-writer.ts";
import type { Sender } from "./record-repair.ts";

type SyncRequest = Extract<MessageBody, { kind: "sync-request" }>;
type SyncPage = Extract<MessageBody, { kind: "sync-page" }>;

interface AnswererParts {
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sizer: MessageSizer;
  readonly isPartial: () => boolean;
  readonly to: SendTo;
  /** Of the answer. */
  readonly bytesMax: number;
}

/**
 * The page that answers one request of a sync: the members of the buckets that differ. Undefined
 * where not even one member has room.
 */
export function writeSyncPage(
  request: SyncRequest,
  { table, outbox, sizer, isPartial, to, bytesMax }: AnswererParts,
  now: Millis,
): { readonly page: SyncPage; readonly updates: readonly BeliefUpdate[] } | undefined {
  const { seq, bucketBits, hashes, after } = request;
  const own = table.bucketHashes(bucketBits);
  const buckets = own.flatMap((hash, index) => (isEqual(hash, hashes[index]) ? [] : [index]));
  const wanted = new Set(buckets);
  const head = { kind: "sync-page", seq, buckets, ...(isPartial() && PARTIAL) } as const;
  const page = writePage({
    table,
    after,
    room: outbox.room({ ...head, next: LONGEST_NAME }, to, bytesMax),
    itemOf: (member) =>
      wanted.has(bucketOf(member.hash, bucketBits)) ? beliefUpdate(member, now) : undefined,
    bytesOf: (update) => sizer.updateBytes(update),
  });
  return page && { page: { ...head, next: page.next }, updates: page.items };
}

/** Sends what the peer of a sync lacks, in as few datagrams as hold it. */
export function sendPushes(
  updates: readonly BeliefUpdate[],
  peer: Sender,
  { outbox, sizer }: { readonly outbox: Outbox; readonly sizer: MessageSizer },
): void {
  const to = { endpoint: peer.endpoint, member: peer.name };
  const room = outbox.room({ kind: "sync-push" }, to);
  let batch: BeliefUpdate[] = [];
  let free = room;
  const flush = (): void => {
    if (batch.length > 0)
      outbox.send(to, { kind: "sync-push" }, { updates: batch, piggyback: false });
    batch = [];
    free = room;
  };
  for (const update of updates) {
    const bytes = sizer.updateBytes(update);
    if (bytes > free) flush();
    batch.push(update);
    free -= bytes;
  }
  flush();
}

/**
 * Whether the peer of a sync needs what is believed here: it lacks it, holds something older, or
 * does not tell of an end any more that is told of here.
 */
export function isBetter(
  ours: Member,
  theirs: BeliefUpdate | undefined,
  { tombstoneMs }: Pick<MembershipConfig, "tombstoneMs">,
  now: Millis,
): boolean {
  if (theirs === undefined) return true;
  const { state, record, ageMs } = theirs;
  const held = { state, incarnation: record.incarnation };
  if (supersedes({ state: ours.state, incarnation: ours.record.incarnation }, held)) return true;
  return outlasts(ours, { state, record, since: now - ageMs }, tombstoneMs, now);
}

const PARTIAL = { isPartial: true } as const;

function isEqual(own: Hash64, theirs: Hash64 | undefined): boolean {
  return theirs !== undefined && equalHash(own, theirs);
}
