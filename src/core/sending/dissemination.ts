import type { DisseminationConfig } from "../config.ts";
import {
  type BeliefUpdate,
  isPresent,
  type MemberName,
  type Millis,
  type SingleUpdate,
  type Update,
  type VerdictCause,
} from "../member.ts";
import type { MessageSizer } from "../message.ts";
import { isDeathVerdict, type ListBytes, listBytes, listDeaths } from "./death-lists.ts";

/** Sends, or copies heard, after which a death is no longer urgent. */
const URGENT_SENDS = 9;
/** A copy that comes back shows more than a send does: that others pass it on as well. */
const SENDS_PER_COPY = 3;
/** Copies count while so many updates are owed: the room in datagrams is short. Else losses would matter. */
const CROWDED = 32;
/** By so much an update grows at most as its age does. */
const AGE_BYTES_MORE = 4;

interface Owed {
  readonly key: string;
  readonly update: SingleUpdate;
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
  private readonly inLists: ListBytes;
  private urgent = 0;

  constructor(config: DisseminationConfig, sizer: MessageSizer, memberCount: () => number) {
    this.config = config;
    this.sizer = sizer;
    this.memberCount = memberCount;
    this.inLists = listBytes(sizer);
  }

  /** What is added or filled in from here on is so at `now`. */
  turnTo(now: Millis): void {
    this.now = now;
  }

  /** How many updates are owed. */
  get size(): number {
    return this.levelOf.size;
  }

  /** Whether a death is owed that hardly anybody can know yet. */
  get hasUrgent(): boolean {
    return this.urgent > 0;
  }

  /**
   * Owes `update` to the cluster anew. Accusations of different accusers do not displace each
   * other.
   */
  add(update: SingleUpdate): void {
    const key = keyOf(update);
    this.drop(key);
    if (update.kind === "accusation") this.noteAccusation(update.subject, key);
    else this.dropAccusationsOf(key);
    const bytes = this.sizer.updateBytes(update) + (isAgeing(update) ? AGE_BYTES_MORE : 0);
    this.put(0, { key, update, bytes, since: this.now });
  }

  /** Another node says the same: where much is owed it counts as sent, more than once. */
  noteCopy(update: SingleUpdate): void {
    if (!this.isCrowded) return;
    const key = keyOf(update);
    const level = this.levelOf.get(key);
    const owed = level === undefined ? undefined : this.levels[level]?.get(key);
    if (level === undefined || owed?.update.kind !== update.kind) return;
    this.move(owed, level + SENDS_PER_COPY);
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
  fill(
    bytesFree: number,
    riding: readonly Update[] = [],
    { isCounted = true, onlyUrgent = false } = {},
  ): Update[] {
    if (this.size === 0) return [];
    const keys = riding.flatMap((update) => (update.kind === "deaths" ? [] : keyOf(update)));
    const chosen = this.choose(bytesFree, new Set(keys), onlyUrgent);
    const updates = this.asSent(chosen);
    if (isCounted) this.count(chosen);
    return updates;
  }

  /** The urgent deaths, as many as fit, for many members at once: they are not urgent from then on. */
  takeUrgent(bytesFree: number): Update[] {
    const chosen = this.choose(bytesFree, new Set(), true);
    const updates = this.asSent(chosen);
    for (const { owed } of chosen) this.move(owed, URGENT_SENDS);
    return updates;
  }

  private get isCrowded(): boolean {
    return this.size >= CROWDED;
  }

  private asSent(chosen: readonly { readonly owed: Owed }[]): Update[] {
    const updates = chosen.map(({ owed }) => this.asOfNow(owed));
    return this.isCrowded ? listDeaths(updates) : updates;
  }

  /**
   * An end that waited here is so much older: a node that is alone passes nothing on until it meets
   * others again.
   */
  private asOfNow({ update, since }: Owed): SingleUpdate {
    if (!isAgeing(update) || this.now === since) return update;
    return { ...update, ageMs: update.ageMs + this.now - since };
  }

  private count(chosen: readonly { owed: Owed; level: number }[]): void {
    for (const { owed, level } of chosen) this.move(owed, level + 1);
  }

  /** To another level, or out. */
  private move(owed: Owed, level: number): void {
    const sendsMax = this.config.sendsPerLog * Math.ceil(Math.log10(this.memberCount() + 1));
    this.drop(owed.key);
    if (level < sendsMax) this.put(level, owed);
  }

  private choose(
    bytesFree: number,
    riding: ReadonlySet<string>,
    onlyUrgent: boolean,
  ): { owed: Owed; level: number }[] {
    const chosen: { owed: Owed; level: number }[] = [];
    const { isCrowded, inLists } = this;
    const lists = new Set<VerdictCause>();
    let free = bytesFree;
    for (const [level, queue] of this.levels.entries()) {
      for (const owed of queue.values()) {
        if (free < inLists.death) return chosen;
        const listed = isCrowded && isDeathVerdict(owed.update) ? owed.update.cause : undefined;
        const bytes =
          listed === undefined
            ? owed.bytes
            : inLists.death + (lists.has(listed) ? 0 : inLists.head);
        if (bytes > free || riding.has(owed.key)) continue;
        if (onlyUrgent && !isUrgent(owed, level)) continue;
        chosen.push({ owed, level });
        free -= bytes;
        if (listed !== undefined) lists.add(listed);
      }
    }
    return chosen;
  }

  private put(level: number, owed: Owed): void {
    while (this.levels.length <= level) this.levels.push(new Map());
    this.levels[level]?.set(owed.key, owed);
    this.levelOf.set(owed.key, level);
    if (isUrgent(owed, level)) this.urgent++;
  }

  private drop(key: string): void {
    const level = this.levelOf.get(key);
    const owed = level === undefined ? undefined : this.levels[level]?.get(key);
    if (level === undefined || owed === undefined) return;
    this.levels[level]?.delete(key);
    this.levelOf.delete(key);
    if (isUrgent(owed, level)) this.urgent--;
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

function isUrgent({ update }: Owed, level: number): boolean {
  return level < URGENT_SENDS && update.kind !== "accusation" && update.state === "dead";
}

function isAgeing(update: SingleUpdate): update is BeliefUpdate {
  return update.kind === "belief" && !isPresent(update.state);
}

function keyOf(update: SingleUpdate): string {
  if (update.kind === "belief") return update.record.name;
  if (update.kind === "verdict") return update.subject;
  return accusationKey(update.subject, update.accuser);
}

function accusationKey(subject: MemberName, accuser: MemberName): string {
  return `${subject}|${accuser}`;
}
