import type { DisseminationConfig } from "../config.ts";
import {
  type BeliefUpdate,
  isPresent,
  type MemberName,
  type Millis,
  type Update,
} from "../member.ts";
import type { MessageSizer } from "../message.ts";

/** No update is smaller: with less room than this a datagram is full. */
const UPDATE_BYTES_MIN = 23;
/** By so much an update grows at most as its age does. */
const AGE_BYTES_MORE = 4;

interface Owed {
  readonly key: string;
  readonly update: Update;
  readonly bytes: number;
  readonly since: Millis;
}

/**
 * The updates still owed to the cluster. They ride on every datagram, those sent least first, and
 * are dropped after `sendsPerLog`·⌈log10(n+1)⌉ sends (SWIM §4.1 calls for λ·log n;
 * docs/protocol.md §12, rule 20).
 */
export class Dissemination {
  /** By how often they were sent; within one level in the order they came. */
  private readonly levels: Map<string, Owed>[] = [];
  private readonly levelOf = new Map<string, number>();
  private readonly accusationsOf = new Map<MemberName, Set<string>>();
  private readonly config: DisseminationConfig;
  private readonly sizer: MessageSizer;
  private readonly memberCount: () => number;
  private now: Millis = 0;

  constructor(config: DisseminationConfig, sizer: MessageSizer, memberCount: () => number) {
    this.config = config;
    this.sizer = sizer;
    this.memberCount = memberCount;
  }

  /** What is added or filled in from here on is so at `now`. */
  turnTo(now: Millis): void {
    this.now = now;
  }

  /** How many updates are owed. */
  get size(): number {
    return this.levelOf.size;
  }

  /**
   * Owes `update` to the cluster anew. Accusations of different accusers do not displace each
   * other.
   */
  add(update: Update): void {
    const key = keyOf(update);
    this.drop(key);
    if (update.kind === "accusation") this.noteAccusation(update.subject, key);
    else this.dropAccusationsOf(key);
    const bytes = this.sizer.updateBytes(update) + (isAgeing(update) ? AGE_BYTES_MORE : 0);
    this.put(0, { key, update, bytes, since: this.now });
  }

  /** The accuser no longer stands by its word: it is not passed on. */
  withdrawAccusation(subject: MemberName, accuser: MemberName): void {
    const key = accusationKey(subject, accuser);
    this.drop(key);
    this.accusationsOf.get(subject)?.delete(key);
  }

  /**
   * Takes as many updates as fit into `bytesFree`; none about which `riding`, which is in the
   * datagram already, says the same. They count as sent unless the receiver is unlikely to hear.
   */
  fill(bytesFree: number, riding: readonly Update[] = [], isCounted = true): Update[] {
    if (this.size === 0) return [];
    const chosen = this.choose(bytesFree, new Set(riding.map(keyOf)));
    if (isCounted) this.count(chosen);
    return chosen.map(({ owed }) => this.asOfNow(owed));
  }

  /**
   * An end that waited here is so much older: a node that is alone passes nothing on until it meets
   * others again.
   */
  private asOfNow({ update, since }: Owed): Update {
    if (!isAgeing(update) || this.now === since) return update;
    return { ...update, ageMs: update.ageMs + this.now - since };
  }

  private count(chosen: readonly { owed: Owed; level: number }[]): void {
    const sendsMax = this.config.sendsPerLog * Math.ceil(Math.log10(this.memberCount() + 1));
    for (const { owed, level } of chosen) {
      this.drop(owed.key);
      if (level + 1 < sendsMax) this.put(level + 1, owed);
    }
  }

  private choose(bytesFree: number, riding: ReadonlySet<string>): { owed: Owed; level: number }[] {
    const chosen: { owed: Owed; level: number }[] = [];
    let free = bytesFree;
    for (const [level, queue] of this.levels.entries()) {
      for (const owed of queue.values()) {
        if (free < UPDATE_BYTES_MIN) return chosen;
        if (owed.bytes > free || riding.has(owed.key)) continue;
        chosen.push({ owed, level });
        free -= owed.bytes;
      }
    }
    return chosen;
  }

  private put(level: number, owed: Owed): void {
    while (this.levels.length <= level) this.levels.push(new Map());
    this.levels[level]?.set(owed.key, owed);
    this.levelOf.set(owed.key, level);
  }

  private drop(key: string): void {
    const level = this.levelOf.get(key);
    if (level === undefined) return;
    this.levels[level]?.delete(key);
    this.levelOf.delete(key);
  }

  private noteAccusation(subject: MemberName, key: string): void {
    const keys = this.accusationsOf.get(subject) ?? new Set();
    this.accusationsOf.set(subject, keys.add(key));
  }

  /** A newer record or a verdict makes the accusations on the subject old news. */
  private dropAccusationsOf(subject: MemberName): void {
    for (const key of this.accusationsOf.get(subject) ?? []) this.drop(key);
    this.accusationsOf.delete(subject);
  }
}

function isAgeing(update: Update): update is BeliefUpdate {
  return update.kind === "belief" && !isPresent(update.state);
}

function keyOf(update: Update): string {
  if (update.kind === "belief") return update.record.name;
  if (update.kind === "verdict") return update.subject;
  return accusationKey(update.subject, update.accuser);
}

function accusationKey(subject: MemberName, accuser: MemberName): string {
  return `${subject}|${accuser}`;
}
