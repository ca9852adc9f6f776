import type { MemberName, Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolReader } from "./pool-reader.ts";

/** Announced goodbyes, and members that went without one, kept at once; the oldest goes. */
const KEPT_MAX = 1024;
/** An announced goodbye that no end of the member followed for so long is void. */
const VOID_AFTER_MS: Millis = 60_000;
/** In periods: how long the word of the engine is waited for. */
const WAIT_PERIODS = 1;

/**
 * Which members said goodbye by the engine above memberlist. To memberlist a `dead` by the member
 * itself is a goodbye; Serf calls the member left only if its own word came, too, and this guest
 * may not have heard it yet.
 */
export class Goodbyes {
  private readonly leaving = new Map<MemberName, Millis>();
  private readonly waiting = new Map<MemberName, Millis>();
  private readonly config: PoolConfig;
  private readonly reader: PoolReader;

  constructor(config: PoolConfig, reader: PoolReader) {
    this.config = config;
    this.reader = reader;
  }

  /** The engine says that these leave. */
  note(members: readonly MemberName[], now: Millis): void {
    for (const member of members.slice(0, KEPT_MAX)) put(this.leaving, member, now);
  }

  isLeaving(member: MemberName): boolean {
    return this.leaving.has(member);
  }

  /** Whether the member's own `dead` waits for a word of the engine. */
  mustWait(member: MemberName, now: Millis): boolean {
    if (this.reader.leaving === undefined || this.isLeaving(member)) return false;
    if (!this.waiting.has(member)) {
      put(this.waiting, member, now + WAIT_PERIODS * this.config.probeIntervalMs);
    }
    return true;
  }

  /** Whether the member's end waits for a word. */
  isAwaited(member: MemberName): boolean {
    return this.waiting.has(member);
  }

  /** Whether any member's end waits for a word. */
  get isWaiting(): boolean {
    return this.waiting.size > 0;
  }

  /** Those for whom no word came in time. */
  takeOverdue(now: Millis): MemberName[] {
    for (const [member, at] of this.leaving) {
      if (now - at < VOID_AFTER_MS) break;
      this.leaving.delete(member);
    }
    const overdue = [...this.waiting].filter(([, dueAt]) => dueAt <= now);
    for (const [member] of overdue) this.waiting.delete(member);
    return overdue.map(([member]) => member);
  }

  nextDeadline(): Millis {
    for (const dueAt of this.waiting.values()) return dueAt;
    return NEVER;
  }

  /** The member is back, or its end is settled. */
  forget(member: MemberName): void {
    this.leaving.delete(member);
    this.waiting.delete(member);
  }
}

function put(map: Map<MemberName, Millis>, member: MemberName, at: Millis): void {
  map.delete(member);
  map.set(member, at);
  if (map.size <= KEPT_MAX) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
