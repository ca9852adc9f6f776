import type { NodeEvent } from "../core/effect.ts";
import { isPresent, type MemberName, type Millis, type ViewEntry } from "../core/member.ts";
import { sortByName } from "../core/name-order.ts";
import type { MemberSnapshot, NodeSnapshot } from "../core/snapshot.ts";
import type { ViewBody, ViewsBody } from "./api-types.ts";

/** What the cache of other nodes' views is made of. */
export interface ViewCacheOptions {
  /** Monotonic. */
  readonly nowMs: () => Millis;
  /** Asks a peer for its view; the answer comes back through `accept`. */
  readonly fetch: (member: MemberName) => void;
  /** How old a view may be before it is fetched again; half a second by default. */
  readonly staleMs?: Millis;
  /** How many are fetched in a second; 8 by default. */
  readonly fetchesPerS?: number;
}

interface CachedView {
  readonly digest: string;
  /** As they came, until they are read: to sort them takes a while. */
  entries: readonly ViewEntry[];
  isSorted: boolean;
  readonly fetchedAtMs: Millis;
  readonly copy: number;
}

/** `ViewsBody`, of which nothing is copied before it is sent. */
type LazyViewsBody = Omit<ViewsBody, "views"> & { readonly views: Iterable<LazyViewBody> };
type LazyViewBody = Omit<ViewBody, "entries"> & { readonly entries: Iterable<ViewEntry> };

/** Also for a view with our own digest: who heard whom is not in the digest. */
const STALE_MS_DEFAULT: Millis = 500;
const UNANSWERED_MS: Millis = 5000;
const NEVER_MS: Millis = -Number.MAX_VALUE;
const FETCHES_PER_S_DEFAULT = 8;
const FETCHES_BURST = 16;
/** Views cost members squared: beyond so many entries in all, the oldest views are given up. */
const ENTRIES_MAX = 50_000;

/** What the peers last said of their views, and when to ask again. The rate is bounded, however many poll. */
export class ViewCache {
  private readonly options: ViewCacheOptions;
  private readonly views = new Map<MemberName, CachedView>();
  private readonly unreachable = new Set<MemberName>();
  private readonly asked = new Map<MemberName, Millis>();
  private readonly waiters = new Set<() => void>();
  private readonly staleMs: Millis;
  private readonly fetchesPerS: number;
  private answerCount = 0;
  private tokens = FETCHES_BURST;
  private tokensAtMs: Millis;

  constructor(options: ViewCacheOptions) {
    this.options = options;
    this.staleMs = options.staleMs ?? STALE_MS_DEFAULT;
    this.fetchesPerS = options.fetchesPerS ?? FETCHES_PER_S_DEFAULT;
    this.tokensAtMs = options.nowMs();
  }

  /** Takes the answers from the node's events. */
  accept(event: NodeEvent): void {
    if (event.kind === "view-fetched") {
      const { digest, entries } = event;
      const fetchedAtMs = this.options.nowMs();
      const copy = (this.views.get(event.member)?.copy ?? 0) + 1;
      this.views.delete(event.member);
      this.views.set(event.member, { digest, entries, isSorted: false, fetchedAtMs, copy });
      this.unreachable.delete(event.member);
      this.evict();
    } else if (event.kind === "view-unreachable") this.unreachable.add(event.member);
    else if (event.kind === "member-reaped") this.forget(event.member);
    else return;
    this.answerCount += 1;
    this.asked.delete(event.member);
    for (const waiter of [...this.waiters]) waiter();
  }

  /**
   * Asks present peers whose views are missing or stale, longest unheard first and within the rate; whether more answers
   * are to be expected.
   */
  refresh(snapshot: NodeSnapshot): boolean {
    const nowMs = this.options.nowMs();
    this.refill(nowMs);
    const stale = peersOf(snapshot).flatMap((peer) => {
      const atMs = this.views.get(peer)?.fetchedAtMs ?? NEVER_MS;
      return nowMs - atMs >= this.staleMs ? [{ peer, atMs }] : [];
    });
    const askable = this.tokens < 1 ? [] : stale.filter(({ peer }) => !this.isAsked(peer, nowMs));
    for (const { peer } of askable.sort((a, b) => a.atMs - b.atMs)) {
      if (this.tokens < 1) break;
      this.tokens -= 1;
      this.asked.set(peer, nowMs);
      this.options.fetch(peer);
    }
    return stale.length > 0;
  }

  /**
   * What is known now: our own view first, then the peers by name; dead ones as they were last seen, if ever. Each view is put together
   * when it is asked for.
   */
  read(snapshot: NodeSnapshot): LazyViewsBody {
    const nowMs = this.options.nowMs();
    const self = snapshot.self.name;
    const peers = snapshot.members.filter(
      ({ record, state }) => record.name !== self && (isPresent(state) || state === "dead"),
    );
    const present = peers.filter(({ state }) => isPresent(state)).length;
    const roundMs = Math.max(this.staleMs, Math.round((1000 * present) / this.fetchesPerS));
    return { v: 1, self, roundMs, views: this.viewsOf(snapshot, peers, nowMs) };
  }

  /** Answers since the start, and views given up with their members: each makes what is read another one. */
  get answers(): number {
    return this.answerCount;
  }

  /** Resolves at the next answer, or after `waitMs`. */
  nextAnswer(waitMs: Millis): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.waiters.delete(finish);
        resolve();
      };
      const timer = setTimeout(finish, waitMs);
      this.waiters.add(finish);
    });
  }

  private *viewsOf(
    snapshot: NodeSnapshot,
    peers: readonly MemberSnapshot[],
    nowMs: Millis,
  ): Generator<LazyViewBody, void> {
    yield ownView(snapshot);
    for (const { record, state } of peers) yield this.viewOf(record.name, isPresent(state), nowMs);
  }

  private viewOf(viewer: MemberName, isPresentPeer: boolean, nowMs: Millis): ViewBody {
    const reachable = isPresentPeer && !this.unreachable.has(viewer);
    const view = this.views.get(viewer);
    if (view === undefined) {
      return { viewer, digest: null, ageMs: null, copy: 0, reachable, entries: [] };
    }
    if (!view.isSorted) view.entries = sortByName(view.entries, ({ name }) => name);
    view.isSorted = true;
    const { digest, copy, entries } = view;
    return {
      ...{ viewer, digest, copy, reachable, entries },
      ageMs: Math.round(nowMs - view.fetchedAtMs),
    };
  }

  private isAsked(peer: MemberName, nowMs: Millis): boolean {
    const askedAtMs = this.asked.get(peer);
    return askedAtMs !== undefined && nowMs - askedAtMs < UNANSWERED_MS;
  }

  private refill(nowMs: Millis): void {
    const earned = ((nowMs - this.tokensAtMs) / 1000) * this.fetchesPerS;
    this.tokens = Math.min(FETCHES_BURST, this.tokens + earned);
    this.tokensAtMs = nowMs;
  }

  private evict(): void {
    let entries = 0;
    for (const view of this.views.values()) entries += view.entries.length;
    for (const [viewer, view] of this.views) {
      if (entries <= ENTRIES_MAX || this.views.size === 1) return;
      entries -= view.entries.length;
      this.views.delete(viewer);
    }
  }

  private forget(member: MemberName): void {
    this.views.delete(member);
    this.unreachable.delete(member);
  }
}

function peersOf(snapshot: NodeSnapshot): MemberName[] {
  return snapshot.members
    .filter(({ record, state }) => record.name !== snapshot.self.name && isPresent(state))
    .map(({ record }) => record.name);
}

function ownView({ self, viewDigest, members }: NodeSnapshot): LazyViewBody {
  return {
    viewer: self.name,
    digest: viewDigest,
    ageMs: 0,
    copy: 0,
    reachable: true,
    entries: ownEntries(members),
  };
}

function* ownEntries(members: readonly MemberSnapshot[]): Generator<ViewEntry, void> {
  for (const { record, state, lastHeardMs, phi } of members) {
    yield {
      name: record.name,
      state,
      incarnation: record.incarnation,
      heardAgoMs: lastHeardMs === null ? null : Math.round(lastHeardMs),
      phi: phi === null ? null : Number(phi.toFixed(2)),
    };
  }
}
