import type { NodeConfig } from "../config.ts";
import {
  type BeliefUpdate,
  type Endpoint,
  type MemberName,
  type Millis,
  sameEndpoint,
} from "../member.ts";
import { BUCKET_BITS_MAX, bucketOf } from "../membership/digest.ts";
import type { Self } from "../membership/self.ts";
import { beliefUpdate, type MembershipTable } from "../membership/table.ts";
import type { MessageBody, MessageSizer } from "../message.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import type { Sequence } from "../primitives/sequence.ts";
import type { Outbox } from "../sending/outbox.ts";
import { PAGE_BYTES, PAGE_BYTES_MIN, PAGE_BYTES_USUAL } from "./page-bytes.ts";
import { PathLength, pageWaitMs } from "./path-length.ts";
import type { Sender } from "./record-repair.ts";
import { isBetter, sendPushes, writeSyncPage } from "./sync-pages.ts";
import { mayGoOn, type Session } from "./sync-session.ts";

/** A bucket holds about so many members, and there are at most 2^this buckets. */
const BUCKET_MEMBERS = 8;
/** A first page that does not come is asked for so often, and a later one: that peer did answer. */
const FIRST_PAGE_TRIES = 3;
const PAGE_TRIES = 8;
/** Syncs of our own under way at once, and dials that are not answered yet. */
const SESSIONS_MAX = 16;
const DIALS_MAX = 64;

type SyncRequest = Extract<MessageBody, { kind: "sync-request" }>;
type SyncPage = Extract<MessageBody, { kind: "sync-page" }>;

/** How one sync ended. */
export interface SyncEnd {
  readonly peer: Sender;
  readonly isDone: boolean;
  readonly isJoin: boolean;
  /** What the peer knows is not all: it has not joined itself. */
  readonly isPeerPartial: boolean;
  readonly received: number;
  readonly pushed: number;
}

interface SyncParts {
  readonly config: NodeConfig;
  readonly self: Self;
  readonly table: MembershipTable;
  readonly outbox: Outbox;
  readonly sizer: MessageSizer;
  readonly sequence: Sequence;
  /** Whether this node has not joined yet itself. */
  readonly isPartial: () => boolean;
  readonly onEnd: (end: SyncEnd, now: Millis) => void;
}

/**
 * Anti-entropy (docs/protocol.md §12, rules 18 and 26). When one starts stands in `sync-start.ts`.
 * Makes two views equal, page by page over datagrams: the asker sends hashes of its buckets, the
 * answerer (which keeps no state) the members of the buckets that differ, and the asker pushes what
 * it knew better. Joining is the same with an empty table.
 */
export class Sync implements Timed {
  private readonly sessions = new Map<number, Session>();
  private readonly pathLength: PathLength;
  private readonly parts: SyncParts;

  constructor(parts: SyncParts) {
    this.parts = parts;
    this.pathLength = new PathLength(parts);
  }

  /**
   * Whether a sync runs. A dial without an answer is not one yet, and a sync whose peer is silent
   * does not keep others waiting.
   */
  get isBusy(): boolean {
    for (const { isAnswered, triesLeft } of this.sessions.values()) {
      if (isAnswered && triesLeft >= PAGE_TRIES - 1) return true;
    }
    return false;
  }

  /** A page of it may be lost and asked for again: a new sync would only repeat it. */
  isUnderWayWith(peer: MemberName): boolean {
    for (const { isAnswered, peerName } of this.sessions.values()) {
      if (isAnswered && peerName === peer) return true;
    }
    return false;
  }

  /** Begins a sync with a member. */
  start(peer: Sender, now: Millis): void {
    if (this.count(true) >= SESSIONS_MAX) return;
    const { table } = this.parts;
    const bucketBits = bucketBitsFor(table.members.length);
    this.ask({ ...this.newSession(peer.endpoint, bucketBits, now), peerName: peer.name }, now);
  }

  /**
   * Asks the node at `endpoint`, if there is one, for everything it has, once: the next dial is the
   * next `attempt`, and wants a shorter page now and then. Nothing while an earlier dial is under
   * way there.
   */
  dial(endpoint: Endpoint, attempt: number, now: Millis): void {
    if (this.count(false) >= DIALS_MAX) return;
    for (const { isJoin, peer } of this.sessions.values()) {
      if (isJoin && sameEndpoint(peer, endpoint)) return;
    }
    const tries = attempt % PAGE_BYTES.length;
    const dial = { isJoin: true, isAnswered: false, triesLeft: 1, tries };
    this.ask({ ...this.newSession(endpoint, 0, now), ...dial }, now);
  }

  /**
   * Whether the page `seq` introduces this node to a cluster, so that nothing in it is news there.
   */
  isIntroduction({ seq }: SyncPage): boolean {
    return this.sessions.get(seq)?.isIntroduction ?? false;
  }

  /** Answers one request with one page, of at most `bytesMax`. */
  answer(request: SyncRequest, asker: Sender, bytesMax: number, now: Millis): void {
    const { config, outbox } = this.parts;
    const to = { endpoint: asker.endpoint, member: asker.name };
    if (request.profile !== config.profile) {
      const refusal = { kind: "join-refused", seq: request.seq, profile: config.profile } as const;
      outbox.send(to, refusal, { piggyback: false });
      return;
    }
    const answer = writeSyncPage(request, { ...this.parts, to, bytesMax }, now);
    if (answer === undefined) return;
    outbox.send(to, answer.page, { updates: answer.updates, piggyback: false });
  }

  /** Takes a page whose updates were applied already; asks for the next, or ends. */
  onPage(page: SyncPage, updates: readonly BeliefUpdate[], peer: Sender, now: Millis): void {
    this.pathLength.onPage(page.seq);
    const session = this.sessions.get(page.seq);
    if (session === undefined) return;
    this.sessions.delete(page.seq);
    session.peerName = peer.name;
    session.isAnswered = true;
    session.isPeerPartial = page.isPartial === true;
    session.pages += 1;
    session.received += updates.length;
    session.pushed += this.push(session, page, updates, peer, now);
    if (session.hasShrunk) {
      session.bytesMax = session.asked;
      this.pathLength.check({ name: peer.name, endpoint: session.peer }, now);
    }
    if (page.next === null || !mayGoOn(session, page.next, this.parts.config)) {
      this.end(session, page.next === null, now);
      return;
    }
    session.after = page.next;
    session.triesLeft = PAGE_TRIES;
    session.tries = 0;
    session.asked = 0;
    session.hasShrunk = false;
    this.ask(session, now);
  }

  /** Gives up the session that a refusal speaks of. Returns the address that it asked. */
  onRefused(seq: number): Endpoint | undefined {
    const session = this.sessions.get(seq);
    this.sessions.delete(seq);
    return session?.peer;
  }

  /** One seed answered: the other dials are not needed. */
  dropOtherJoins(peer: MemberName): void {
    for (const [seq, session] of this.sessions) {
      if (session.isJoin && session.peerName !== peer) this.sessions.delete(seq);
    }
  }

  wake(now: Millis): void {
    for (const [seq, session] of [...this.sessions]) {
      if (now < session.retryAt) continue;
      this.sessions.delete(seq);
      if (session.triesLeft > 0) this.ask(session, now);
      else if (session.isAnswered) this.end(session, false, now);
    }
    this.pathLength.wake(now);
  }

  nextDeadline(): Millis {
    const retryAt = earliest(this.sessions.values(), (session) => session.retryAt);
    return Math.min(retryAt, this.pathLength.nextDeadline());
  }

  private count(isAnswered: boolean): number {
    let count = 0;
    for (const session of this.sessions.values()) if (session.isAnswered === isAnswered) count++;
    return count;
  }

  private newSession(peer: Endpoint, bucketBits: number, now: Millis): Session {
    const { table } = this.parts;
    return {
      peer,
      peerName: undefined,
      isJoin: false,
      isIntroduction: table.presentCount <= 1,
      bucketBits,
      hashes: table.bucketHashes(bucketBits),
      after: null,
      isAnswered: true,
      isPeerPartial: false,
      triesLeft: FIRST_PAGE_TRIES,
      tries: 0,
      hasShrunk: false,
      bytesMax: PAGE_BYTES_USUAL,
      asked: 0,
      retryAt: now,
      pages: 0,
      received: 0,
      pushed: 0,
    };
  }

  private ask(session: Session, now: Millis): void {
    const { config, outbox, sequence, self } = this.parts;
    const seq = sequence.next();
    const { bucketBits, hashes, after } = session;
    const bytes = Math.min(session.bytesMax, PAGE_BYTES[session.tries] ?? PAGE_BYTES_MIN);
    session.hasShrunk ||= bytes < session.asked;
    session.asked = bytes;
    session.tries++;
    session.triesLeft--;
    session.retryAt = now + pageWaitMs(config);
    this.sessions.set(seq, session);
    const { profile } = config;
    const body = { kind: "sync-request", seq, profile, bucketBits, hashes, after } as const;
    const updates = session.isJoin ? [self.toUpdate()] : [];
    const { peer: endpoint, peerName: member } = session;
    outbox.sendPadded({ endpoint, ...(member && { member }) }, body, bytes, {
      updates,
      piggyback: false,
    });
  }

  /**
   * Sends the peer what we believe of the page's stretch and it did not list, or listed with an
   * older belief.
   */
  private push(
    session: Session,
    page: SyncPage,
    listed: readonly BeliefUpdate[],
    peer: Sender,
    now: Millis,
  ): number {
    const { table, config } = this.parts;
    const theirs = new Map(listed.map((update) => [update.record.name, update]));
    const buckets = new Set(page.buckets);
    const end = page.next === null ? table.members.length : table.indexAfter(page.next);
    const better = table.members
      .slice(table.indexAfter(session.after), end)
      .filter((member) => buckets.has(bucketOf(member.hash, session.bucketBits)))
      .filter((member) => isBetter(member, theirs.get(member.name), config, now))
      .map((member) => beliefUpdate(member, now));
    sendPushes(better, peer, this.parts);
    return better.length;
  }

  private end(session: Session, isDone: boolean, now: Millis): void {
    const { isJoin, isPeerPartial, received, pushed } = session;
    const peer = { name: session.peerName ?? "", endpoint: session.peer };
    const outcome = isDone ? "done" : "failed";
    this.parts.outbox.emit({ kind: "sync-finished", peer: peer.name, outcome, received, pushed });
    this.parts.onEnd({ peer, isDone, isJoin, isPeerPartial, received, pushed }, now);
  }
}

function bucketBitsFor(members: number): number {
  const bits = Math.ceil(Math.log2(Math.max(1, members / BUCKET_MEMBERS)));
  return Math.min(BUCKET_BITS_MAX, bits);
}
