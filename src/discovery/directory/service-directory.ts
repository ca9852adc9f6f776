import type { NodeEvent } from "../../core/effect.ts";
import type { MemberName, Millis, NotYet } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { DiscoveryEvent } from "../discovery-event.ts";
import { type DirectorySnapshot, DirectorySnapshots } from "./directory-snapshots.ts";
import type { Explain } from "./instances.ts";
import {
  CHANGES_ANSWERS,
  LiveQuery,
  queryKey,
  type ServiceAnswer,
  type ServiceQuery,
} from "./live-query.ts";
import { PanicWatch, type ServicePanic } from "./panic-watch.ts";
import { type ServiceShares, shareOf } from "./service-shares.ts";

/** What the directory needs of the node. */
export interface DirectoryPorts {
  snapshot(): NodeSnapshot;
  /** Who accuses a member of what; asked for members that are frozen alone. */
  readonly explain: Explain;
  /** Monotonic. */
  nowMs(): Millis;
  wallTime(): Date;
  /** Makes the node observe these members for so long. */
  watch(members: readonly MemberName[], forMs: Millis): void;
  onEvent(event: DiscoveryEvent): void;
}

/** How the directory chooses endpoints. */
export interface DirectoryPolicy {
  readonly panic: ServiceShares;
  /** How much of a pool doubt may take out within a minute. */
  readonly removals: ServiceShares;
  /** How long an endpoint that flaps is kept out at most; 0 keeps none out. */
  readonly flapHoldMs: Millis;
  /** How long a dead member's endpoints stay known. */
  readonly deadKnownMs: Millis;
}

/** A service in the list of all. */
export interface ServiceSummary {
  readonly name: string;
  readonly answer: ServiceAnswer;
}

/** Events come in bursts: the first is looked at in the next turn, the rest together after this. */
const REFRESH_GAP_MS: Millis = 20;
const TICK_MS: Millis = 250;
/** How soon it is noticed that a dead member's endpoints are given up; where nobody asks, the pace. */
const IDLE_REFRESH_MS: Millis = 1000;
/** A query that nobody asked for so long is given up, and the members are no longer watched for it. */
const INTEREST_MS: Millis = 60_000;
const RENEW_MS: Millis = 20_000;
/** Of one service; each member that is watched costs a ping a period. */
const WATCHED_MAX = 256;
const QUERIES_MAX = 10_000;

/**
 * Which endpoints of which service are usable, as this node sees it: every answer over HTTP, DNS or to a program comes
 * from here. Looks at the node anew when something happened, and when a threshold may have been crossed in silence.
 *
 * While the node's view is not whole there is no answer at all: a part of a pool that is served as the whole would make
 * consumers drop the rest.
 */
export class ServiceDirectory {
  private readonly ports: DirectoryPorts;
  private readonly policy: DirectoryPolicy;
  private readonly queries = new Map<string, LiveQuery>();
  private readonly panicWatch: PanicWatch;
  /** Since those who wait for a whole view were told the last time. */
  private wasSeenPartial = false;
  private readonly readyListeners = new Set<() => void>();
  private readonly renewedAtMs = new Map<string, Millis>();
  private readonly snapshots: DirectorySnapshots;
  /** The snapshot last sent to subscribers. One-off queries may use a newer one. */
  private told: DirectorySnapshot | undefined;
  private ticking: NodeJS.Timeout | undefined;
  private tickMs: Millis = Number.POSITIVE_INFINITY;
  private isClosed = true;
  private refreshing: NodeJS.Timeout | undefined;
  private isRefreshSoon = false;
  private index: number;

  constructor(ports: DirectoryPorts, policy: DirectoryPolicy) {
    this.ports = ports;
    this.policy = policy;
    // Above those of any earlier run, so that a client that still holds one of those is answered at once.
    this.index = ports.wallTime().getTime();
    this.panicWatch = new PanicWatch(ports);
    this.snapshots = new DirectorySnapshots({
      snapshot: () => ports.snapshot(),
      explain: (member) => ports.explain(member),
      nowMs: () => ports.nowMs(),
      deadKnownMs: policy.deadKnownMs,
    });
  }

  start(): void {
    this.isClosed = false;
    this.pace();
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.ticking);
    clearTimeout(this.refreshing);
  }

  /** Takes note of what may change an answer, and tells those that wait for it. */
  accept(event: NodeEvent): void {
    if (this.outdate(event)) this.planRefresh();
  }

  /**
   * Whether what happened may change an answer: the next one is then taken from the node anew. All that there is to do
   * where nobody waits and no timers run, as in virtual time.
   */
  outdate(event: NodeEvent): boolean {
    if (!CHANGES_ANSWERS.has(event.kind)) return false;
    this.snapshots.outdate();
    return true;
  }

  /** Why there is no answer yet; null when there is one. */
  get notYet(): NotYet | null {
    return this.currentSnapshot().notYet;
  }

  /**
   * The answer now; undefined while the view is not whole (`notYet`). Asking makes the node watch the members that offer
   * the service.
   */
  ask(query: ServiceQuery): ServiceAnswer | undefined {
    const live = this.live(query);
    const latest = this.currentSnapshot();
    if (latest.notYet !== null) return undefined;
    this.renewInterest(query.service, latest);
    return live.answer(latest);
  }

  /** Calls `listener` with each other answer until the returned function is called. */
  subscribe(query: ServiceQuery, listener: (answer: ServiceAnswer) => void): () => void {
    return this.live(query).subscribe(listener);
  }

  /** Calls `listener` whenever the view has become whole, until the returned function is called. It must not throw. */
  onReady(listener: () => void): () => void {
    this.readyListeners.add(listener);
    return () => this.readyListeners.delete(listener);
  }

  /** Every service that is known, by name; undefined while the view is not whole. */
  services(): readonly ServiceSummary[] | undefined {
    const latest = this.currentSnapshot();
    return latest.notYet === null ? this.summaries(latest) : undefined;
  }

  private summaries(latest: DirectorySnapshot): readonly ServiceSummary[] {
    return [...latest.instances.values()]
      .flatMap(([first]) => first?.service.name ?? [])
      .sort()
      .map((name) => ({ name, answer: this.live({ service: name }).answer(latest) }));
  }

  /**
   * Numeric address of a member's host, by its name in any case; undefined for one that left or is not known, or where
   * members on other hosts have the same name but for case.
   */
  hostOf(member: MemberName): string | undefined {
    return this.currentSnapshot().hosts().get(member.toLowerCase());
  }

  /** The services whose known endpoints all come back just now, with when that began. */
  panics(): readonly ServicePanic[] {
    this.refresh();
    return this.panicWatch.panics;
  }

  /** Looks at the node anew, tells whoever waits, and notes where a panic began or ended. */
  refresh(): void {
    clearTimeout(this.refreshing);
    this.refreshing = undefined;
    const latest = this.currentSnapshot();
    this.told = latest;
    // Of a large cluster this may be the picture before the last change.
    if (this.snapshots.lacksChangeForMs !== undefined) this.planRefresh();
    if (latest.notYet !== null) return;
    for (const live of this.waitedFor) live.answer(latest);
    this.panicWatch.look(this.summaries(latest));
    if (!this.wasSeenPartial) return;
    this.wasSeenPartial = false;
    for (const listener of [...this.readyListeners]) listener();
  }

  /** To look anew is much work in the very moment in which a crash is told around: it can wait where nobody does. */
  private planRefresh(): void {
    const isAwaited = this.waitedFor.length > 0 || this.readyListeners.size > 0;
    if (this.refreshing !== undefined && (this.isRefreshSoon || !isAwaited)) return;
    const toldAtMs = this.told?.atMs ?? Number.NEGATIVE_INFINITY;
    const gapMs = toldAtMs + REFRESH_GAP_MS - this.ports.nowMs();
    const soonMs = Math.max(0, gapMs, this.snapshots.lacksChangeForMs ?? 0);
    clearTimeout(this.refreshing);
    this.isRefreshSoon = isAwaited;
    this.refreshing = setTimeout(() => this.refresh(), isAwaited ? soonMs : TICK_MS).unref();
  }

  private get waitedFor(): readonly LiveQuery[] {
    return [...this.queries.values()].filter((live) => live.isWaitedFor);
  }

  /** An idle process that wakes up seldom costs little. */
  private pace(): void {
    const tickMs = this.queries.size > 0 ? TICK_MS : IDLE_REFRESH_MS;
    if (this.isClosed || tickMs === this.tickMs) return;
    this.tickMs = tickMs;
    clearInterval(this.ticking);
    this.ticking = setInterval(() => this.tick(), tickMs).unref();
  }

  private tick(): void {
    const nowMs = this.ports.nowMs();
    this.giveUpForgotten(nowMs);
    this.pace();
    const { waitedFor } = this;
    for (const { query } of waitedFor) this.renewInterest(query.service, this.currentSnapshot());
    const ageMs = nowMs - (this.told?.atMs ?? Number.NEGATIVE_INFINITY);
    const maySlip = waitedFor.some(
      ({ query, dueAtMs }) => query.maxPhi !== undefined || dueAtMs <= nowMs,
    );
    if (maySlip || (ageMs >= IDLE_REFRESH_MS && this.toldOfDead())) this.refresh();
  }

  /** Without an event only endpoints of dead members change: they are given up some day. */
  private toldOfDead(): boolean {
    return [...(this.told?.instances.values() ?? [])].flat().some(({ state }) => state === "dead");
  }

  private currentSnapshot(): DirectorySnapshot {
    const latest = this.snapshots.current();
    if (latest.notYet !== null) this.wasSeenPartial = true;
    return latest;
  }

  /** The query as it is kept, moved to the end of those that may be given up. */
  private live(query: ServiceQuery): LiveQuery {
    const key = queryKey(query);
    const live = this.queries.get(key) ?? this.newQuery(query);
    this.queries.delete(key);
    this.queries.set(key, live);
    live.lastAskedMs = this.ports.nowMs();
    this.pace();
    if (this.queries.size > QUERIES_MAX) this.giveUpOldest();
    return live;
  }

  private newQuery(query: ServiceQuery): LiveQuery {
    return new LiveQuery({
      query,
      panicShare: shareOf(this.policy.panic, query.service),
      steadiness: {
        removalShare: shareOf(this.policy.removals, query.service),
        flapHoldMs: this.policy.flapHoldMs,
      },
      nextIndex: () => ++this.index,
      wallTime: () => this.ports.wallTime(),
    });
  }

  private giveUpOldest(): void {
    for (const [key, live] of this.queries) {
      if (live.isWaitedFor) continue;
      this.queries.delete(key);
      return;
    }
  }

  private giveUpForgotten(nowMs: Millis): void {
    for (const [key, live] of this.queries) {
      if (!live.isWaitedFor && nowMs - live.lastAskedMs > INTEREST_MS) this.queries.delete(key);
    }
    for (const [service, atMs] of this.renewedAtMs) {
      if (nowMs - atMs > INTEREST_MS) this.renewedAtMs.delete(service);
    }
  }

  private renewInterest(service: string, { instances, atMs }: DirectorySnapshot): void {
    const key = service.toLowerCase();
    const known = instances.get(key);
    const renewedAtMs = this.renewedAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
    if (known === undefined || atMs - renewedAtMs < RENEW_MS) return;
    this.renewedAtMs.set(key, atMs);
    const members = known.filter(({ state }) => state !== "dead").map(({ member }) => member);
    this.ports.watch(members.slice(0, WATCHED_MAX), INTEREST_MS);
  }
}
