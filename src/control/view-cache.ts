import type { NodeEvent } from "../core/effect.ts";
import { isPresent, type MemberName, type Millis, type ViewEntry } from "../core/member.ts";
import { sortByName } from "../core/name-order.ts";
import type { NodeSnapshot } from "../core/snapshot.ts";
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
  readonly entries: readonly ViewEntry[];
  readonly fetchedAtMs: Millis;
  readonly copy: number;
}

/** Also for a view with our own digest: who heard whom is not in the digest. */
const STALE_MS_DEFAULT: Millis = 500;
const UNANSWERED_MS: Millis = 5000;
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
      const { digest } = event;
      const entries = sortByName(event.entries, ({ name }) => name);
      const fetchedAtMs = this.options.nowMs();
      const copy = (this.views.get(event.member)?.copy ?? 0) + 1;
      this.views.delete(event.member);
      this.views.set(event.member, { digest, entries, fetchedAtMs, copy });
      this.unreachable.delete(event.member);
      this.evict();
    } else if (event.kind === "view-unreachable") this.unreachable.add(event.member);
    else if (event.kind === "member-reaped") this.forget(event.member);
    else return;
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
    const stale = peersOf(snapshot)
      .filter((peer) => nowMs - this.fetchedAt(peer) >= this.staleMs)
      .sort((a, b) => this.fetchedAt(a) - this.fetchedAt(b));
    const askable = stale.filter((peer) => !this.isAsked(peer, nowMs));
    for (const peer of askable) {
      if (this.tokens < 1) break;
      this.tokens -= 1;
      this.asked.set(peer, nowMs);
      this.options.fetch(peer);
    }
    return stale.length > 0;
  }

  /** What is known now: our own view first, then the peers by name; dead ones as they were last seen, if ever. */
  read(snapshot: NodeSnapshot): ViewsBody {
    const nowMs = this.options.nowMs();
    const self = snapshot.self.name;
    const peers = snapshot.members.filter(
      ({ record, state }) => record.name !== self && (isPresent(state) || state === "dead"),
    );
    const views = peers.map(({ record, state }) =>
      this.viewOf(record.name, isPresent(state), nowMs),
    );
    const present = peers.filter(({ state }) => isPresent(state)).length;
    const roundMs = Math.max(this.staleMs, Math.round((1000 * present) / this.fetchesPerS));
    return { v: 1, self, roundMs, views: [ownView(snapshot), ...views] };
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

  private viewOf(viewer: MemberName, isPresentPeer: boolean, nowMs: Millis): ViewBody {
    const reachable = isPresentPeer && !this.unreachable.has(viewer);
    const view = this.views.get(viewer);
    if (view === undefined) {
      return { viewer, digest: null, ageMs: null, copy: 0, reachable, entries: [] };
    }
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

  private fetchedAt(peer: MemberName): Millis {
    return this.views.get(peer)?.fetchedAtMs ?? Number.NEGATIVE_INFINITY;
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

function ownView(snapshot: NodeSnapshot): ViewBody {
  const entries = snapshot.members.map(
    ({ record, state, lastHeardMs, phi }): ViewEntry => ({
      name: record.name,
      state,
      incarnation: record.incarnation,
      heardAgoMs: lastHeardMs === null ? null : Math.round(lastHeardMs),
      phi: phi === null ? null : Number(phi.toFixed(2)),
    }),
  );
  return {
    viewer: snapshot.self.name,
    digest: snapshot.viewDigest,
    ageMs: 0,
    copy: 0,
    reachable: true,
    entries,
  };
}
