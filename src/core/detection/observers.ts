import type { ProbeConfig } from "../config.ts";
import { isPresent, type MemberName, type Millis } from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import { earliest, NEVER } from "../primitives/deadlines.ts";
import type { Evidence } from "./evidence.ts";
import { Rings } from "./rings.ts";

/** Up to this many members everybody watches everybody. */
export const WATCH_ALL_MAX = 12;
/** Up to this many, a node that loses sight of its subjects looks at everybody for a while. */
const WIDEN_MAX = 32;
/** In periods: hearing nobody for so long widens; how long the wide look lasts. */
const WIDEN_AFTER_SILENT_PERIODS = 1.5;
const WIDEN_FOR_PERIODS = 5;
/** Interests at once; more are refused. */
const INTERESTS_MAX = 4096;

interface ObserversParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly evidence: Evidence;
}

/** Decides whom this node watches, and knows who watches whom. */
export class Observers {
  private readonly rings = new Rings();
  private readonly interests = new Map<MemberName, Millis>();
  private widenedUntil: Millis = Number.NEGATIVE_INFINITY;
  private wasWidened = false;
  private readonly parts: ObserversParts;

  constructor(parts: ObserversParts) {
    this.parts = parts;
  }

  /** Keeps the rings: they hold the members that are neither dead nor left. */
  noteTransition({ member }: Transition): void {
    if (isPresent(member.state)) this.rings.add(member.name, member.hash);
    else this.rings.remove(member.name, member.hash);
  }

  /** The members that are there from the start. */
  begin(members: readonly Member[]): void {
    this.rings.fill(members);
  }

  /** Somebody here depends on these members: observe them, too, until `until`. */
  watch(subjects: readonly MemberName[], until: Millis): void {
    for (const name of subjects) {
      if (this.interests.size >= INTERESTS_MAX && !this.interests.has(name)) return;
      this.interests.set(name, Math.max(until, this.interests.get(name) ?? until));
    }
  }

  /**
   * The members to ping: ring successors (everybody in a small cluster) and whoever is watched on
   * request.
   */
  subjects(now: Millis): Member[] {
    const { table, selfName } = this.parts;
    const isSmall = table.presentCount <= WATCH_ALL_MAX;
    if (isSmall || this.isWidened(now)) {
      return table.members.filter(({ name, state }) => name !== selfName && isPresent(state));
    }
    const self = table.get(selfName);
    const names = new Set(self === undefined ? [] : this.rings.successors(selfName, self.hash));
    for (const name of this.interests.keys()) if (name !== selfName) names.add(name);
    return [...names].flatMap((name) => this.present(name));
  }

  /** Who watches `subject`, by the rings of this view: this node included, the subject not. */
  observersOf(subject: Member): Member[] {
    const { table } = this.parts;
    if (table.presentCount <= WATCH_ALL_MAX) {
      return table.members.filter(({ name, state }) => name !== subject.name && isPresent(state));
    }
    return this.rings
      .predecessors(subject.name, subject.hash)
      .flatMap((name) => this.present(name));
  }

  /** Tells of members, who may be dead by now, whether this node is one of their observers. */
  observedHere(): (subject: Member) => boolean {
    const { table, selfName } = this.parts;
    const self = table.get(selfName);
    if (table.presentCount <= WATCH_ALL_MAX) return ({ name }) => name !== selfName;
    if (self === undefined) return () => false;
    const isWatched = this.rings.watchedBy(selfName, self.hash);
    return ({ name, hash }) => name !== selfName && isWatched(name, hash);
  }

  /** Whether so few are present that this node looks at all of them when in doubt. */
  get mayWiden(): boolean {
    return this.parts.table.presentCount <= WIDEN_MAX;
  }

  /**
   * Looks at everybody for five periods when too little of the usual is seen: `unseen` of `watched`
   * subjects suspect or silent, or nobody heard for a period and a half. Returns whether the set of
   * subjects is another one now.
   */
  reconsider(now: Millis, watched: number, unseen: number): boolean {
    const { config, evidence } = this.parts;
    const period = config.probeIntervalMs;
    const heardAt = evidence.anybodyAt;
    const isDeaf = heardAt !== undefined && now - heardAt >= WIDEN_AFTER_SILENT_PERIODS * period;
    const isBlind = watched > 0 && unseen * 2 >= watched;
    if (isDeaf || isBlind) this.widenedUntil = now + WIDEN_FOR_PERIODS * period;
    const wasWidened = this.wasWidened;
    this.wasWidened = this.isWidened(now);
    return this.wasWidened !== wasWidened || this.dropEndedInterests(now);
  }

  /** When the set of subjects may change by itself. */
  nextDeadline(): Millis {
    const widening = this.wasWidened ? this.widenedUntil : NEVER;
    return Math.min(
      widening,
      earliest(this.interests.values(), (until) => until),
    );
  }

  private isWidened(now: Millis): boolean {
    return now < this.widenedUntil && this.mayWiden;
  }

  private present(name: MemberName): Member[] {
    const member = this.parts.table.get(name);
    return member !== undefined && isPresent(member.state) ? [member] : [];
  }

  private dropEndedInterests(now: Millis): boolean {
    const before = this.interests.size;
    for (const [name, until] of this.interests) if (until <= now) this.interests.delete(name);
    return this.interests.size < before;
  }
}
