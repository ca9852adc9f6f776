import type { NodeConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import type { MessageBody, MessageSizer } from "../message.ts";
import { hash64 } from "../primitives/hash.ts";
import type {
  PiggybackedMessages,
  UserMessage,
  UserMessageId,
  UserMessageMark,
} from "../user-message.ts";

/** A message is held, and taken new, for so many periods; a query until its deadline. */
const HELD_PERIODS = 20;
/** UserMessages held at once; beyond, one of those goes that were passed on, or else the oldest. */
const HELD_MAX = 256;
/** The newest ones, which pings list. Further ones have gossip alone. */
const LISTED_MAX = 64;
/**
 * Of these, the ones that an ack brings: two nodes did not hear of them in quite the same order.
 */
const TENDED_MAX = 48;

interface Held {
  readonly message: UserMessage;
  readonly mark: UserMessageMark;
  /** Of the message's giving out, by our clock. */
  readonly bornAt: Millis;
  readonly expiresAt: Millis;
  readonly bytes: number;
  sends: number;
}

interface UserMessageQueueParts {
  readonly config: Pick<NodeConfig, "probeIntervalMs" | "sendsPerLog">;
  readonly sizer: MessageSizer;
  readonly memberCount: () => number;
}

/**
 * The messages that this node passes on. They spread twice: quickly by riding on every datagram,
 * behind the updates and in what room those leave, as often as an update does; and surely, because
 * each ping says which messages its sender holds, and the ack brings those it lacks.
 */
export class UserMessageQueue {
  private readonly held = new Map<UserMessageMark, Held>();
  private readonly parts: UserMessageQueueParts;
  private now: Millis = 0;

  constructor(parts: UserMessageQueueParts) {
    this.parts = parts;
  }

  /** UserMessages age: it has to know the time before anything else is asked of it. */
  turnTo(now: Millis): void {
    this.now = now;
    for (const [mark, { expiresAt }] of this.held) if (now >= expiresAt) this.held.delete(mark);
  }

  /** How long after its giving out the cluster still takes a message up. */
  lifetimeMs(message: UserMessage): Millis {
    if (message.kind === "query") return message.timeoutMs;
    return HELD_PERIODS * this.parts.config.probeIntervalMs;
  }

  /** Returns whether another one had to make room that still had to be passed on. */
  post(message: UserMessage): boolean {
    const mark = markOf(message);
    const bornAt = this.now - message.ageMs;
    const expiresAt = bornAt + this.lifetimeMs(message);
    const bytes = this.parts.sizer.userMessageBytes(message);
    this.held.set(mark, { message, mark, bornAt, expiresAt, bytes, sends: 0 });
    return this.held.size > HELD_MAX && this.makeRoom();
  }

  /**
   * Lets the oldest go that was passed on often enough, or else the oldest: then it may be lost.
   */
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

  /** Whether no message is held. */
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
  lackedBy(news: PiggybackedMessages | undefined): UserMessage[] {
    if (this.isEmpty) return [];
    const held = new Set(news?.held);
    return this.newest(TENDED_MAX)
      .filter(({ mark }) => !held.has(mark))
      .map((each) => this.aged(each));
  }

  /** What rides on a datagram with so much room; `first` goes in before what is owed. */
  fill(
    body: MessageBody,
    bytesFree: number,
    first: readonly UserMessage[],
  ): PiggybackedMessages | undefined {
    const held = body.kind === "ping" ? this.newest(LISTED_MAX).map(({ mark }) => mark) : [];
    const free = bytesFree - this.parts.sizer.piggybackBaseBytes(held.length);
    if (free < 0) return undefined;
    const messages = this.choose(free, first);
    return held.length + messages.length === 0 ? undefined : { messages, held };
  }

  private choose(bytesFree: number, first: readonly UserMessage[]): UserMessage[] {
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

  private heldOf(messages: readonly UserMessage[]): Held[] {
    return messages.flatMap((message) => this.held.get(markOf(message)) ?? []);
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

  private aged({ message, bornAt }: Held): UserMessage {
    return { ...message, ageMs: this.now - bornAt };
  }

  private sendsMax(): number {
    const { config, memberCount } = this.parts;
    return config.sendsPerLog * Math.ceil(Math.log10(memberCount() + 1));
  }
}

function markOf({ origin, startId, seq }: UserMessageId): UserMessageMark {
  return hash64(`${origin} ${startId} ${seq}`).low;
}
