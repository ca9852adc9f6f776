import type { ProbeConfig } from "../config.ts";
import { isPresent, type MemberName, type Millis } from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import { earliest } from "../primitives/deadlines.ts";
import type { Rng } from "../primitives/rng.ts";
import type { LastHeard } from "./last-heard.ts";
import { Rings } from "./rings.ts";
import { WiderLook } from "./wider-look.ts";

/** Up to this many members everybody watches everybody. */
export const WATCH_ALL_MAX = 12;
/** Interests at once; more are refused. */
const INTERESTS_MAX = 4096;

interface ObserversParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly selfName: MemberName;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly lastHeard: LastHeard;
}

/**
 * Which members this node watches, and who watches which (docs/protocol.md §12, rules 1 and 2; own;
 * Rapid, ATC 2018, §4.1, has the same rings). When it looks further stands in `wider-look.ts`.
 */
export class Observers {
  private readonly rings = new Rings();
  private readonly interests = new Map<MemberName, Millis>();
  /** Whom the rings say to watch; everybody in a small cluster. */
  private usual: readonly MemberName[] = [];
  private readonly widerLook: WiderLook;
  private mayHaveChanged = true;
  private readonly parts: ObserversParts;

  constructor(parts: ObserversParts) {
    this.parts = parts;
    this.widerLook = new WiderLook(parts);
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
    if (isHere || this.widerLook.mayBeAtAll || isSubject) this.mayHaveChanged = true;
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

  /** Whether there are so many members that each is watched by a few only. */
  get isLarge(): boolean {
    return this.parts.table.presentCount > WATCH_ALL_MAX;
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
    const isSmall = !this.isLarge;
    this.usual = isSmall ? others().map(({ name }) => name) : this.successors();
    if (isSmall || this.widerLook.isAtAll(now)) return others();
    const names = new Set(this.usual);
    for (const name of this.interests.keys()) if (name !== selfName) names.add(name);
    for (const name of this.widerLook.explored) names.add(name);
    return [...names].flatMap((name) => this.present(name));
  }

  /** Who watches `subject`, by the rings of this view: this node included, the subject not. */
  observersOf(subject: Member): Member[] {
    const { table } = this.parts;
    if (!this.isLarge) {
      return table.present.filter(({ name }) => name !== subject.name);
    }
    return this.rings
      .predecessors(subject.name, subject.hash)
      .flatMap((name) => this.present(name));
  }

  /**
   * The observers of the subject in the order in which they look when its wire ends: the same on all
   * nodes with the same view, and another one for each subject.
   */
  inOrder(subject: Member): Member[] {
    const observers = this.observersOf(subject);
    const first = observers.length === 0 ? 0 : subject.hash.low % observers.length;
    return [...observers.slice(first), ...observers.slice(0, first)];
  }

  /** Tells of members, who may be dead by now, whether this node is one of their observers. */
  observedHere(): (subject: Member) => boolean {
    const { table, selfName } = this.parts;
    const self = table.get(selfName);
    if (!this.isLarge) return ({ name }) => name !== selfName;
    if (self === undefined) return () => false;
    const isWatched = this.rings.watchedBy(selfName, self.hash);
    return ({ name, hash }) => name !== selfName && isWatched(name, hash);
  }

  /**
   * Looks further for a while, when too little of the usual is seen (`wider-look.ts`). Returns
   * whether the set of subjects is another one now.
   */
  reconsider(now: Millis, isUnseen: (subject: MemberName) => boolean): boolean {
    const isOther =
      this.widerLook.reconsider(this.usual, isUnseen, now) || this.dropEndedInterests(now);
    if (isOther) this.mayHaveChanged = true;
    return isOther;
  }

  /** When the set of subjects may change by itself. */
  nextDeadline(): Millis {
    return Math.min(
      this.widerLook.nextDeadline(),
      earliest(this.interests.values(), (until) => until),
    );
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
