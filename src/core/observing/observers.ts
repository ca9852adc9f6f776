import type { ProbeConfig } from "../config.ts";
import { isPresent, type MemberName, type Millis } from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import { earliest, NEVER } from "../primitives/deadlines.ts";
import { type Rng, sample } from "../primitives/rng.ts";
import type { LastHeard } from "./last-heard.ts";
import { Rings } from "./rings.ts";

/** Up to this many members everybody watches everybody. */
export const WATCH_ALL_MAX = 12;
/**
 * Up to this many, a node that loses sight of its subjects looks at everybody for a while; beyond,
 * at so many others at a time.
 */
export const WIDEN_MAX = 32;
const EXPLORED_MAX = 16;
/** In periods: a silence of all members that widens the look; how long the wide look lasts. */
const WIDEN_AFTER_SILENT_PERIODS = 1.5;
const WIDEN_FOR_PERIODS = 5;
/** In periods: how often others are looked at, and who was heard within the second stays. */
const EXPLORE_EVERY_PERIODS = 1;
const EXPLORED_HEARD_PERIODS = 2;
/** In periods: those heard within this are looked at before the others. */
const HEARD_LATELY_PERIODS = 60;
/** Interests at once; more are refused. */
const INTERESTS_MAX = 4096;

interface ObserversParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly selfName: MemberName;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly lastHeard: LastHeard;
}

/** Which members this node watches, and who watches which (docs/protocol.md §12, rules 1 and 2). */
export class Observers {
  private readonly rings = new Rings();
  private readonly interests = new Map<MemberName, Millis>();
  private widenedUntil: Millis = Number.NEGATIVE_INFINITY;
  private wasWidened = false;
  /** Whom the rings say to watch; everybody in a small cluster. */
  private usual: readonly MemberName[] = [];
  /** Beside the ring successors, while a large cluster is out of sight. */
  private explored: readonly MemberName[] = [];
  private exploreAt: Millis = NEVER;
  private mayHaveChanged = true;
  private readonly parts: ObserversParts;

  constructor(parts: ObserversParts) {
    this.parts = parts;
  }

  /** Whether the set of subjects may have changed since it was asked for. */
  get haveChanged(): boolean {
    return this.mayHaveChanged;
  }

  /**
   * Keeps the rings: they hold the members that are neither dead nor left. In a large cluster a
   * departure changes the subjects only if the member was one of them (`isSubject`).
   */
  noteTransition(transition: Transition, isSubject: boolean): void {
    const { member } = transition;
    const isHere = isPresent(member.state);
    if (isHere) this.rings.add(member.name, member.hash);
    else this.rings.remove(member.name, member.hash);
    if (!movesRings(transition)) return;
    if (isHere || this.mayWiden || isSubject) this.mayHaveChanged = true;
  }

  /** The members that are there from the start. */
  begin(members: readonly Member[]): void {
    this.rings.fill(members);
    this.mayHaveChanged = true;
  }

  /** Somebody here depends on these members: observe them, too, until `until`. */
  watch(subjects: readonly MemberName[], until: Millis): void {
    this.mayHaveChanged = true;
    for (const name of subjects) {
      if (this.interests.size >= INTERESTS_MAX && !this.interests.has(name)) return;
      this.interests.set(name, Math.max(until, this.interests.get(name) ?? until));
    }
  }

  /** Whether somebody here depends on the member. */
  isWatched(name: MemberName): boolean {
    return this.interests.has(name);
  }

  /**
   * The members to ping: ring successors (everybody in a small cluster) and those watched on
   * request.
   */
  subjects(now: Millis): Member[] {
    this.mayHaveChanged = false;
    const { table, selfName } = this.parts;
    const others = (): Member[] => table.present.filter(({ name }) => name !== selfName);
    const isSmall = table.presentCount <= WATCH_ALL_MAX;
    this.usual = isSmall ? others().map(({ name }) => name) : this.successors();
    if (isSmall || (this.mayWiden && now < this.widenedUntil)) return others();
    const names = new Set(this.usual);
    for (const name of this.interests.keys()) if (name !== selfName) names.add(name);
    for (const name of this.explored) names.add(name);
    return [...names].flatMap((name) => this.present(name));
  }

  /** Who watches `subject`, by the rings of this view: this node included, the subject not. */
  observersOf(subject: Member): Member[] {
    const { table } = this.parts;
    if (table.presentCount <= WATCH_ALL_MAX) {
      return table.present.filter(({ name }) => name !== subject.name);
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
   * Looks further for five periods when too little of the usual is seen: half of the subjects
   * suspect or silent, or no member heard for a period and a half. In a large cluster that is a few
   * others at a time, those heard lately first, until some answer. Returns whether the set of
   * subjects is another one now.
   */
  reconsider(now: Millis, isUnseen: (subject: MemberName) => boolean): boolean {
    const { config, lastHeard } = this.parts;
    const period = config.probeIntervalMs;
    const heardAt = lastHeard.anybodyAt;
    const isDeaf = heardAt !== undefined && now - heardAt >= WIDEN_AFTER_SILENT_PERIODS * period;
    if (isDeaf || this.isBlind(isUnseen)) this.widenedUntil = now + WIDEN_FOR_PERIODS * period;
    const wasWidened = this.wasWidened;
    this.wasWidened = now < this.widenedUntil;
    const isExploring = this.explore(now);
    const isOther = this.wasWidened !== wasWidened || isExploring || this.dropEndedInterests(now);
    if (isOther) this.mayHaveChanged = true;
    return isOther;
  }

  /** When the set of subjects may change by itself. */
  nextDeadline(): Millis {
    const widening = this.wasWidened ? this.widenedUntil : NEVER;
    return Math.min(
      widening,
      this.exploreAt,
      earliest(this.interests.values(), (until) => until),
    );
  }

  private isBlind(isUnseen: (subject: MemberName) => boolean): boolean {
    let unseen = 0;
    for (const name of this.usual) if (isUnseen(name)) unseen++;
    return this.usual.length > 0 && unseen * 2 >= this.usual.length;
  }

  /** Draws others to look at, or ends that. Returns whether they are others now. */
  private explore(now: Millis): boolean {
    if (!this.wasWidened || this.mayWiden) {
      const hadAny = this.explored.length > 0;
      this.explored = [];
      this.exploreAt = NEVER;
      return hadAny;
    }
    if (this.exploreAt !== NEVER && now < this.exploreAt) return false;
    const { config, lastHeard, table, selfName, rng } = this.parts;
    const period = config.probeIntervalMs;
    this.exploreAt = now + EXPLORE_EVERY_PERIODS * period;
    const answering = this.explored.filter((name) =>
      lastHeard.heardWithin(name, EXPLORED_HEARD_PERIODS * period, now),
    );
    const known = new Set([selfName, ...this.usual, ...this.explored]);
    const others = table.present.filter(({ name }) => !known.has(name));
    const isLate = ({ name }: Member): boolean =>
      !lastHeard.heardWithin(name, HEARD_LATELY_PERIODS * period, now);
    const free = EXPLORED_MAX - answering.length;
    const lately = sample(
      rng,
      others.filter((member) => !isLate(member)),
      free,
    );
    const rest = sample(rng, others.filter(isLate), free - lately.length);
    this.explored = [...answering, ...[...lately, ...rest].map(({ name }) => name)];
    return true;
  }

  private successors(): readonly MemberName[] {
    const { table, selfName } = this.parts;
    const self = table.get(selfName);
    return self === undefined ? [] : this.rings.successors(selfName, self.hash);
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

/** Whether another set of members is to be watched, or another run of one of them. */
function movesRings({ member, before }: Transition): boolean {
  const wasPresent = before !== null && isPresent(before.state);
  const isSameStart = before?.record.startId === member.record.startId;
  return wasPresent !== isPresent(member.state) || !isSameStart;
}
