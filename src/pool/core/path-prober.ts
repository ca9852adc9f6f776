import type { MemberName, Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { Pair, PathChange, Paths } from "./paths.ts";
import { MOMENTS, momentFrom, type PoolConfig } from "./pool-config.ts";
import type { PoolOutbox } from "./pool-outbox.ts";
import type { PoolRequests } from "./pool-requests.ts";
import type { PoolRow } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** At most so many indirect pings a period, and so many helpers that are asked about one suspect. */
const PATHS_PER_PERIOD_MAX = 32;
/** The same in a pool of more members, while nothing is urgent: the matrix is a sample there anyway. */
const SAMPLED_PER_PERIOD = 16;
/** Pairs that wait for their turn beside the diagonal. */
const URGENT_MAX = 256;
/** Of the time that a helper waits: who is heard in it could have answered the helper, too. */
const HEARD_SHARE = 0.8;
/** In periods beyond the pool's own wait: a helper that says nothing by then is silent. */
const PATIENCE_PERIODS = 0.5;

interface PathProberParts {
  readonly config: PoolConfig;
  readonly table: PoolTable;
  readonly paths: Paths;
  readonly requests: PoolRequests;
  readonly outbox: PoolOutbox;
  /** Whether the member is worth asking: one that is silent answers nothing. */
  readonly mayHelp: (member: MemberName, now: Millis) => boolean;
  /** Pings the member directly, beside its regular pings. */
  readonly pingBeside: (row: PoolRow, now: Millis) => void;
}

interface OpenTry extends Pair {
  readonly sentAt: Millis;
  isTargetHeard: boolean;
}

/**
 * Asks one member after the other to ping another one: a diagonal of the matrix each period, which
 * turns, so that the whole matrix takes n − 1 periods. What is urgent takes the next place, so the
 * pings are never more than n a period; above 32 members 16, and 32 while something is urgent.
 */
export class PathProber {
  private readonly parts: PathProberParts;
  private readonly urgent = new Map<string, Pair>();
  /** Oldest first. */
  private readonly open = new Map<number, OpenTry>();
  private slotAt: Millis = NEVER;
  private slot = 0;
  private keptVersion = -1;

  constructor(parts: PathProberParts) {
    this.parts = parts;
  }

  /** Begins or ends, as members come and go. Called when the prober has looked at them anew. */
  aim(now: Millis): void {
    const { table, paths } = this.parts;
    if (this.keptVersion === table.version) return;
    this.keptVersion = table.version;
    const present = new Set(table.present.map(({ name }) => name));
    paths.keep((name) => present.has(name));
    if (present.size < 2) this.slotAt = NEVER;
    else if (this.slotAt === NEVER) this.slotAt = now + this.slotMs;
  }

  /** All paths to the member are tried next. */
  askAllAbout(target: MemberName): void {
    const { present } = this.parts.table;
    const count = Math.min(PATHS_PER_PERIOD_MAX, present.length);
    for (let i = 0; i < count; i++) {
      const name = present[(this.slot + i) % present.length]?.name;
      if (name !== undefined && name !== target) this.hurry(name, target);
    }
  }

  /** The helper said that its ping came through. Undefined where no such try is open. */
  onAck(seq: number, now: Millis): PathChange | undefined {
    const pair = this.take(seq);
    return pair && this.parts.paths.onAck(pair, now - pair.sentAt, now);
  }

  /** The helper said that it did not. */
  onNack(seq: number, now: Millis): PathChange | undefined {
    const failed = this.take(seq);
    if (failed === undefined) return undefined;
    const { paths } = this.parts;
    const change = paths.onNack(failed, now);
    if (paths.isInQuestion(failed)) this.hurry(failed.from, failed.to);
    return change;
  }

  /** A member was heard: what fails to reach it now fails on the path. */
  recordHeard(member: MemberName, now: Millis): void {
    const latestMs = HEARD_SHARE * this.parts.config.poolProbeTimeoutMs;
    for (const attempt of this.open.values()) {
      if (attempt.to === member && now - attempt.sentAt <= latestMs) attempt.isTargetHeard = true;
    }
  }

  wake(now: Millis): void {
    const { config, paths } = this.parts;
    const patienceMs = config.poolProbeTimeoutMs + PATIENCE_PERIODS * config.probeIntervalMs;
    for (const [seq, { from, to, sentAt }] of this.open) {
      if (now - sentAt < patienceMs) break;
      this.open.delete(seq);
      paths.onSilence(from, to);
    }
    if (this.nextDeadline() > now) return;
    const { slotMs, batch } = this;
    this.slotAt += slotMs;
    // After a stall what was missed is not made up for.
    if (this.slotAt <= now) this.slotAt = now + slotMs;
    for (let i = 0; i < batch; i++) {
      const pair = this.nextPair(now);
      if (pair !== undefined) this.ask(pair, now);
    }
  }

  nextDeadline(): Millis {
    if (this.slotAt === NEVER) return NEVER;
    return momentFrom(this.slotAt, this.parts.config.probeIntervalMs);
  }

  /** What is open was asked before this guest stood still: its outcome tells nothing. */
  drop(): void {
    this.open.clear();
  }

  private get perPeriod(): number {
    const count = this.parts.table.presentCount;
    if (count <= PATHS_PER_PERIOD_MAX) return Math.max(1, count);
    return this.urgent.size > 0 ? PATHS_PER_PERIOD_MAX : SAMPLED_PER_PERIOD;
  }

  /** Pings of one moment. */
  private get batch(): number {
    return Math.ceil(this.perPeriod / MOMENTS);
  }

  private get slotMs(): Millis {
    return (this.batch * this.parts.config.probeIntervalMs) / this.perPeriod;
  }

  private hurry(from: MemberName, to: MemberName): void {
    if (this.urgent.size < URGENT_MAX) this.urgent.set(`${from.length} ${from}${to}`, { from, to });
  }

  private take(seq: number): OpenTry | undefined {
    const pair = this.open.get(seq);
    this.open.delete(seq);
    return pair;
  }

  private nextPair(now: Millis): Pair | undefined {
    const { table, mayHelp } = this.parts;
    for (const [key, pair] of this.urgent) {
      this.urgent.delete(key);
      const isSensible = this.isPresent(pair.from) && this.isPresent(pair.to);
      if (isSensible && mayHelp(pair.from, now)) return pair;
    }
    const { present } = table;
    for (let tried = 0; tried < present.length; tried++) {
      const pair = diagonalPair(present, this.slot++);
      if (pair !== undefined && mayHelp(pair.from, now)) return pair;
    }
    return undefined;
  }

  private isPresent(name: MemberName): boolean {
    const state = this.parts.table.get(name)?.state;
    return state === "alive" || state === "suspect";
  }

  private ask({ from, to }: Pair, now: Millis): void {
    const { table, requests, outbox, paths, mayHelp, pingBeside } = this.parts;
    const helper = table.get(from);
    const target = table.get(to);
    if (helper === undefined || target === undefined) return;
    const seq = requests.ask({ kind: "path", from, to }, now);
    this.open.set(seq, { from, to, sentAt: now, isTargetHeard: false });
    outbox.put({
      kind: "send",
      to: { endpoint: helper.heard.endpoint, member: from },
      message: { kind: "indirect-ping", seq, target: to, endpoint: target.heard.endpoint },
    });
    // Does the target run at this moment?
    if (paths.isFailing({ from, to }) && mayHelp(to, now)) pingBeside(target, now);
  }
}

/** The pair of a slot: in each pass every member asks the one that many places further on. */
function diagonalPair(present: readonly PoolRow[], slot: number): Pair | undefined {
  const n = present.length;
  if (n < 2) return undefined;
  const from = present[slot % n];
  const distance = 1 + (Math.floor(slot / n) % (n - 1));
  const to = present[((slot % n) + distance) % n];
  return from && to && { from: from.name, to: to.name };
}
