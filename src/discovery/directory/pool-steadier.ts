import type { Millis } from "../../core/member.ts";
import { isUncertain, type Judged } from "../select-endpoints.ts";

/** How steady a pool is kept. */
export interface SteadierPolicy {
  /** The share of the pool that doubt may take out within a minute, at least one endpoint; 1 sets no limit. */
  readonly removalShare: number;
  /** The longest time that an endpoint which comes and goes is kept out; 0 keeps none out. */
  readonly flapHoldMs: Millis;
}

/** The longest time that an endpoint which flaps is kept out, unless the settings say otherwise. */
export const FLAP_HOLD_MS_DEFAULT: Millis = 30_000;

/** A person looks within this, or is woken. */
const WINDOW_MS: Millis = 60_000;
const FLAPS_MS: Millis = 300_000;
/** From so many exits on an endpoint flaps: a deploy that starts it twice does not. */
const FLAPS_MIN = 3;
/** The first time that it is kept out, doubled with each further exit. */
const HOLD_FIRST_MS: Millis = 2000;

/**
 * Keeps one pool from changing faster than people can look. Doubt takes out a part of it at a time; facts, and what a
 * service says of itself, are exempt. Whatever comes and goes again and again comes back later each time.
 */
export class PoolSteadier {
  private readonly policy: SteadierPolicy;
  /** By endpoint: whether it was in, as `settle` had it. */
  private before = new Map<string, boolean>();
  /** When doubt took them out: those of the last minute that are still out. */
  private readonly removed = new Map<string, Millis>();
  private readonly exits = new Map<string, Millis[]>();
  private isPanic = false;
  private calmSinceMs: Millis = Number.NEGATIVE_INFINITY;
  private dueMs: Millis = Number.POSITIVE_INFINITY;

  constructor(policy: SteadierPolicy) {
    this.policy = policy;
  }

  /** When the outcome becomes another one although nothing happens. */
  get dueAtMs(): Millis {
    return this.dueMs;
  }

  /** The judgements with what is kept in, or kept out, in spite of them. */
  settle(judged: readonly Judged[], nowMs: Millis): Judged[] {
    this.dueMs = Number.POSITIVE_INFINITY;
    this.expire(judged, nowMs);
    const after = new Map<string, boolean>();
    let left = this.allowance(judged, nowMs);
    const settle = (each: Judged, key: string, wasIn: boolean | undefined): Judged => {
      if (each.verdict === "in") return this.mayReturn(each, key, wasIn, nowMs);
      if (each.verdict !== "doubt" || wasIn !== true) return each;
      if (left < 1) return this.keepIn(each);
      left -= 1;
      this.removed.set(key, nowMs);
      return each;
    };
    const settled = judged.map((each) => {
      const key = keyOf(each);
      const wasIn = this.before.get(key);
      const outcome = settle(each, key, wasIn);
      const isIn = outcome.verdict === "in";
      after.set(key, isIn);
      if (wasIn === true && !isIn) this.noteExit(key, nowMs);
      return outcome;
    });
    this.before = after;
    return settled;
  }

  /** Whether all known endpoints are given in spite of the judgements. Doubt takes out nobody meanwhile, nor in the minute after. */
  notePanic(isPanic: boolean, nowMs: Millis): void {
    if (isPanic && !this.isPanic) {
      // The wave that led to it began a moment ago: what it took is in when the panic is over.
      for (const key of this.removed.keys()) this.before.set(key, true);
      this.removed.clear();
    }
    if (isPanic) this.calmSinceMs = nowMs;
    this.isPanic = isPanic;
  }

  private allowance(judged: readonly Judged[], nowMs: Millis): number {
    const { removalShare } = this.policy;
    if (removalShare >= 1) return Number.POSITIVE_INFINITY;
    const calmAtMs = this.calmSinceMs + WINDOW_MS;
    if (this.isPanic || nowMs < calmAtMs) {
      this.dueMs = Math.min(this.dueMs, calmAtMs);
      return 0;
    }
    const known = judged.filter(({ verdict }) => isUncertain(verdict));
    return Math.max(1, Math.floor(removalShare * known.length)) - this.removed.size;
  }

  private keepIn(each: Judged): Judged {
    for (const atMs of this.removed.values()) this.dueMs = Math.min(this.dueMs, atMs + WINDOW_MS);
    const percent = Number((100 * this.policy.removalShare).toFixed(1));
    const why = `${each.why}; kept in: doubt takes out at most ${percent} % within a minute`;
    return { ...each, verdict: "in", isKept: true, why };
  }

  private mayReturn(each: Judged, key: string, wasIn: boolean | undefined, nowMs: Millis): Judged {
    const exits = this.exits.get(key) ?? [];
    const lastMs = exits.at(-1);
    if (wasIn !== false || lastMs === undefined || exits.length < FLAPS_MIN) return each;
    const doubled = HOLD_FIRST_MS * 2 ** (exits.length - FLAPS_MIN);
    const holdMs = Math.min(this.policy.flapHoldMs, doubled);
    if (nowMs >= lastMs + holdMs) return each;
    this.dueMs = Math.min(this.dueMs, lastMs + holdMs);
    const times = `${exits.length} times in ${FLAPS_MS / 60_000} minutes`;
    const why = `${each.why}; kept out for ${holdMs / 1000} s: it went out ${times}`;
    return { ...each, verdict: "doubt", why };
  }

  private noteExit(key: string, nowMs: Millis): void {
    this.exits.set(key, [...(this.exits.get(key) ?? []), nowMs]);
  }

  /** Forgets what is long ago, and gives back what those took that are in again or gone. */
  private expire(judged: readonly Judged[], nowMs: Millis): void {
    // Most of the time nobody was taken out, and pools may be large.
    const counted = this.removed.size === 0 ? [] : judged;
    const verdicts = new Map(counted.map((each) => [keyOf(each), each.verdict]));
    for (const [key, atMs] of this.removed) {
      const isOver = nowMs >= atMs + WINDOW_MS || verdicts.get(key) !== "doubt";
      if (isOver) this.removed.delete(key);
    }
    for (const [key, exits] of this.exits) {
      const recent = exits.filter((atMs) => nowMs < atMs + FLAPS_MS);
      if (recent.length === 0) this.exits.delete(key);
      else this.exits.set(key, recent);
    }
  }
}

function keyOf({ instance }: Judged): string {
  const { member, host, service } = instance;
  return `${member} ${host} ${service.port}`;
}
