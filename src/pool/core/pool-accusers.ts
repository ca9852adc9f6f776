import type { MemberName, Millis } from "../../core/member.ts";
import { earliest } from "../../core/primitives/deadlines.ts";
import type { SuspicionSnapshot } from "../../core/snapshot.ts";
import type { PoolConfig } from "./pool-config.ts";
import { lifeguardTimeoutMs, poolSuspicionBounds, type SuspicionBounds } from "./pool-timer.ts";

/** How a suspicion ended. */
export type SuspicionEnding = NonNullable<SuspicionSnapshot["ended"]>["how"];

/** Of more accusers of one suspicion nothing is kept: three make the timer the shortest. */
const ACCUSERS_MAX = 64;
/** Ended suspicions kept for `explain`; the oldest goes. */
const ENDED_MAX = 1024;
/** How far back refutations are counted, and how many of a member at most. */
const REFUTED_WITHIN_MS: Millis = 60_000;
const REFUTED_MAX = 64;

interface PoolSuspicion {
  readonly startedAt: Millis;
  readonly bounds: SuspicionBounds;
  readonly accusers: Map<MemberName, { readonly at: Millis; readonly phi: number }>;
  ended: { readonly how: SuspicionEnding; readonly at: Millis } | null;
}

/**
 * Who accuses whom in the pool, as far as this guest hears it, and when the pool will declare a
 * death by its own rule. A suspicion that shows only in a view has no accuser until one is heard.
 */
export class PoolAccusers {
  private readonly open = new Map<MemberName, PoolSuspicion>();
  private readonly ended = new Map<MemberName, PoolSuspicion>();
  private readonly refutedAt = new Map<MemberName, Millis[]>();
  private readonly config: PoolConfig;

  constructor(config: PoolConfig) {
    this.config = config;
  }

  /** Members under suspicion. */
  get suspects(): Iterable<MemberName> {
    return this.open.keys();
  }

  get count(): number {
    return this.open.size;
  }

  /** A suspicion begins in a pool of so many members. */
  begin(member: MemberName, poolSize: number, now: Millis): void {
    const bounds = poolSuspicionBounds(this.config, poolSize);
    this.open.set(member, { startedAt: now, bounds, accusers: new Map(), ended: null });
  }

  /** Takes an accusation; whether that accuser is news. `phi` is what this guest measured. */
  accuse(member: MemberName, accuser: MemberName, phi: number, now: Millis): boolean {
    const accusers = this.open.get(member)?.accusers;
    if (accusers === undefined || accusers.has(accuser) || accusers.size >= ACCUSERS_MAX) {
      return false;
    }
    accusers.set(accuser, { at: now, phi });
    return true;
  }

  /** The suspicion of the member is over; whether there was one. */
  end(member: MemberName, how: SuspicionEnding, now: Millis): boolean {
    const suspicion = this.open.get(member);
    if (suspicion === undefined) return false;
    this.open.delete(member);
    suspicion.ended = { how, at: now };
    this.ended.delete(member);
    this.ended.set(member, suspicion);
    if (this.ended.size > ENDED_MAX) dropFirst(this.ended);
    if (how === "refuted") this.noteRefuted(member, now);
    return true;
  }

  /** Nothing is known of the member any more. */
  forget(member: MemberName): void {
    this.open.delete(member);
    this.ended.delete(member);
    this.refutedAt.delete(member);
  }

  /** Who accuses the member now, the first one first. */
  accusersOf(member: MemberName): readonly MemberName[] {
    return [...(this.open.get(member)?.accusers.keys() ?? [])];
  }

  /** When the pool declares the member dead if nothing changes; undefined where none accuses it. */
  deadAt(member: MemberName): Millis | undefined {
    const suspicion = this.open.get(member);
    return suspicion && deadlineOf(suspicion);
  }

  /** The present suspicion of the member, or the last one. */
  explain(member: MemberName, isClockKnown: boolean, now: Millis): SuspicionSnapshot | null {
    const suspicion = this.open.get(member) ?? this.ended.get(member);
    if (suspicion === undefined) return null;
    const { startedAt, bounds, accusers, ended } = suspicion;
    const quorum = 1 + bounds.confirmationsWanted;
    const last = [...accusers.values()][quorum - 1];
    return {
      rule: "memberlist",
      startedMs: now - startedAt,
      accusations: [...accusers].map(([accuser, { at, phi }]) => ({
        accuser,
        evidence: "silence",
        phi,
        agoMs: now - at,
      })),
      quorum,
      quorumForMs: last === undefined ? null : now - last.at,
      deadInMs: ended === null && isClockKnown ? Math.max(0, deadlineOf(suspicion) - now) : null,
      ended: ended === null ? null : { how: ended.how, agoMs: now - ended.at },
      refuted: { count: this.refutedLately(member, now), withinMs: REFUTED_WITHIN_MS },
    };
  }

  /** When the pool declares the first of them. */
  nextDeadline(): Millis {
    return earliest(this.open.values(), deadlineOf);
  }

  private refutedLately(member: MemberName, now: Millis): number {
    const times = this.refutedAt.get(member) ?? [];
    return times.filter((at) => now - at <= REFUTED_WITHIN_MS).length;
  }

  private noteRefuted(member: MemberName, now: Millis): void {
    const times = this.refutedAt.get(member) ?? [];
    const recent = times.filter((at) => now - at <= REFUTED_WITHIN_MS).slice(1 - REFUTED_MAX);
    this.refutedAt.delete(member);
    this.refutedAt.set(member, [...recent, now]);
    if (this.refutedAt.size > ENDED_MAX) dropFirst(this.refutedAt);
  }
}

function deadlineOf({ startedAt, bounds, accusers }: PoolSuspicion): Millis {
  return startedAt + lifeguardTimeoutMs(bounds, Math.max(0, accusers.size - 1));
}

function dropFirst<K>(map: Map<K, unknown>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
