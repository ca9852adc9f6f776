import type { NodeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import type { MessageBody, MessageSizer } from "../message.ts";
import { hash64 } from "../primitives/hash.ts";
import type { News, Notice, NoticeId, NoticeMark } from "../user-message.ts";

/** A notice is held, and taken new, for so many periods; a query until its deadline. */
const HELD_PERIODS = 20;
/** Notices held at once; beyond, one of those goes that were passed on, or else the oldest. */
const HELD_MAX = 256;
/** The newest ones, which pings list. Further ones have gossip alone. */
const LISTED_MAX = 64;
/** Of these, the ones that an ack brings: two nodes did not hear of them in quite the same order. */
const TENDED_MAX = 48;

interface Held {
  readonly notice: Notice;
  readonly mark: NoticeMark;
  /** Of the notice's giving out, by our clock. */
  readonly bornAt: Millis;
  readonly expiresAt: Millis;
  readonly bytes: number;
  sends: number;
}

interface NoticeBoardParts {
  readonly config: Pick<NodeConfig, "probeIntervalMs" | "sendsPerLog">;
  readonly sizer: MessageSizer;
  readonly memberCount: () => number;
}

/**
 * The notices that this node passes on. They spread twice: quickly by riding on every datagram,
 * behind the updates and in what room those leave, as often as an update does; and surely, because
 * each ping says which notices its sender holds, and the ack brings those it lacks.
 */
export class NoticeBoard {
  private readonly held = new Map<NoticeMark, Held>();
  private readonly parts: NoticeBoardParts;
  private now: Millis = 0;

  constructor(parts: NoticeBoardParts) {
    this.parts = parts;
  }

  /** Notices age: it has to know the time before anything else is asked of it. */
  turnTo(now: Millis): void {
    this.now = now;
    for (const [mark, { expiresAt }] of this.held) if (now >= expiresAt) this.held.delete(mark);
  }

  /** How long after its giving out the cluster still takes a notice up. */
  lifetimeMs(notice: Notice): Millis {
    if (notice.kind === "query") return notice.timeoutMs;
    return HELD_PERIODS * this.parts.config.probeIntervalMs;
  }

  /** Returns whether another one had to make room that still had to be passed on. */
  post(notice: Notice): boolean {
    const mark = markOf(notice);
    const bornAt = this.now - notice.ageMs;
    const expiresAt = bornAt + this.lifetimeMs(notice);
    const bytes = this.parts.sizer.noticeBytes(notice);
    this.held.set(mark, { notice, mark, bornAt, expiresAt, bytes, sends: 0 });
    return this.held.size > HELD_MAX && this.makeRoom();
  }

  /** Lets the oldest go that was passed on often enough, or else the oldest: then it may be lost. */
  private makeRoom(): boolean {
    const sendsMax = this.sendsMax();
    let oldest: Held | undefined;
    for (const each of this.held.values()) {
      oldest ??= each;
      if (each.sends < sendsMax) continue;
      this.held.delete(each.mark);
      return false;
    }
    if (oldest !== undefined) this.held.delete(oldest.mark);
    return true;
  }

  get isEmpty(): boolean {
    return this.held.size === 0;
  }

  /** How many have rides left. */
  get owed(): number {
    if (this.isEmpty) return 0;
    const sendsMax = this.sendsMax();
    let count = 0;
    for (const { sends } of this.held.values()) if (sends < sendsMax) count++;
    return count;
  }

  /** Those that a ping with this news says nothing of. */
  lackedBy(news: News | undefined): Notice[] {
    if (this.isEmpty) return [];
    const held = new Set(news?.held);
    return this.newest(TENDED_MAX)
      .filter(({ mark }) => !held.has(mark))
      .map((each) => this.aged(each));
  }

  /** What rides on a datagram with so much room; `first` goes in before what is owed. */
  ride(body: MessageBody, bytesFree: number, first: readonly Notice[]): News | undefined {
    const held = body.kind === "ping" ? this.newest(LISTED_MAX).map(({ mark }) => mark) : [];
    const free = bytesFree - this.parts.sizer.newsBaseBytes(held.length);
    if (free < 0) return undefined;
    const notices = this.fill(free, first);
    return held.length + notices.length === 0 ? undefined : { notices, held };
  }

  private fill(bytesFree: number, first: readonly Notice[]): Notice[] {
    let free = bytesFree;
    const chosen: Held[] = [];
    for (const each of [...this.heldOf(first), ...this.owedLeastSentFirst()]) {
      if (each.bytes > free || chosen.includes(each)) continue;
      chosen.push(each);
      each.sends++;
      free -= each.bytes;
    }
    return chosen.map((each) => this.aged(each));
  }

  private heldOf(notices: readonly Notice[]): Held[] {
    return notices.flatMap((notice) => this.held.get(markOf(notice)) ?? []);
  }

  /** Sorting is stable: of those sent equally often the older one comes first. */
  private owedLeastSentFirst(): Held[] {
    const sendsMax = this.sendsMax();
    return [...this.held.values()]
      .filter(({ sends }) => sends < sendsMax)
      .sort((a, b) => a.sends - b.sends);
  }

  private newest(count: number): Held[] {
    return [...this.held.values()].slice(-count);
  }

  private aged({ notice, bornAt }: Held): Notice {
    return { ...notice, ageMs: this.now - bornAt };
  }

  private sendsMax(): number {
    const { config, memberCount } = this.parts;
    return config.sendsPerLog * Math.ceil(Math.log10(memberCount() + 1));
  }
}

function markOf({ origin, startId, seq }: NoticeId): NoticeMark {
  return hash64(`${origin} ${startId} ${seq}`).low;
}
