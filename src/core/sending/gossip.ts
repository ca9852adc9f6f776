import type { DisseminationConfig } from "../config.ts";
import { endsProcess, type MemberName, type Millis } from "../member.ts";
import type { ChangeNote } from "../membership/change-note.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import { chance, type Rng, sample } from "../primitives/rng.ts";
import type { Dissemination } from "./dissemination.ts";
import { type Outbox, toMember } from "./outbox.ts";
import type { UserMessageQueue } from "./user-message-queue.ts";

/** How likely a pick is kept: most gossip to those who will hear it. */
const SUSPECT_SHARE = 0.25;
const DEAD_SHARE = 0.1;
/** In intervals: the pause before urgent news; twice as long with each round of a burst, up to the longest. */
const URGENT_INTERVALS = 0.05;
const URGENT_INTERVALS_MAX = 0.25;
/** Of a burst, after its last death. It ends before, when no death is urgent any more. */
const URGENT_ROUNDS = 12;
/** Members that the node which declares a death tells itself, at once. */
const TOLD_AT_ONCE = 32;
/** And so many where no other process seems to have ended: half of a cluster would say too much. */
const TOLD_OF_ONE = 128;
/** Picks that may be thrown away before a datagram is given up. */
const PICKS_MAX = 12;

interface GossipParts {
  readonly config: DisseminationConfig;
  readonly selfName: MemberName;
  readonly rng: Rng;
  readonly table: MembershipTable;
  readonly dissemination: Dissemination;
  readonly userMessageQueue: UserMessageQueue;
  readonly outbox: Outbox;
  readonly isSilent: (member: MemberName, now: Millis) => boolean;
  /** Whether a wire to a member that is present closed, and the member answered no ping since. */
  readonly hasDoubts: () => boolean;
}

/**
 * Sends what is owed to a few random members each interval, and rests when nothing is (SWIM §4.1;
 * docs/protocol.md §12, rule 20). How often an update is owed, and which ride first, stands in
 * `dissemination.ts`.
 */
export class Gossip implements Timed {
  private lastAt: Millis = Number.NEGATIVE_INFINITY;
  private urgentRounds = 0;
  private urgentPause = URGENT_INTERVALS;
  private restsUntil: Millis = Number.NEGATIVE_INFINITY;
  /** This node declared a death that it has not told yet. */
  private mayTellMany = false;
  private tellsManyFrom: Millis = Number.NEGATIVE_INFINITY;
  private readonly parts: GossipParts;

  constructor(parts: GossipParts) {
    this.parts = parts;
  }

  /**
   * A fresh death begins a burst, or prolongs it. Up to a size its declarer tells everybody, and
   * all others wait for an interval. So does the suspicion of a process that is gone: its death
   * follows at once (docs/protocol.md §12, rule 38).
   */
  noteTransition({ member, before }: Transition, { by, cause }: ChangeNote, now: Millis): void {
    const { table, selfName, config } = this.parts;
    const isDeath = member.state === "dead" && before?.state !== "dead";
    const isKnownSoon = isDeath
      ? by !== selfName && table.present.length <= this.toldAtOnce
      : member.state === "suspect" && endsProcess(cause);
    if (isKnownSoon) this.restsUntil = now + config.gossipIntervalMs;
    else if (isDeath) this.urgentRounds = URGENT_ROUNDS;
    if (isDeath && by === selfName && now >= this.tellsManyFrom) this.mayTellMany = true;
  }

  /**
   * Fresh deaths hardly wait for an interval (docs/protocol.md §12, rule 38; own, after the
   * feedback of Demers et al., PODC 1987).
   */
  wake(now: Millis): void {
    if (now < this.nextDeadline()) return;
    const { config } = this.parts;
    const isUrgent = this.isUrgent;
    const isOfBurst = isUrgent && now - this.lastAt < config.gossipIntervalMs;
    this.urgentPause = isOfBurst
      ? Math.min(URGENT_INTERVALS_MAX, 2 * this.urgentPause)
      : URGENT_INTERVALS;
    this.urgentRounds = Math.max(0, this.urgentRounds - 1);
    this.lastAt = now;
    if (isUrgent && this.mayTellMany) this.tellMany(now);
    else this.tellFew(isUrgent, now);
    if (!this.parts.dissemination.hasUrgent) this.urgentRounds = 0;
  }

  nextDeadline(): Millis {
    if (!this.isOwing() || !this.hasListeners()) return NEVER;
    const { gossipIntervalMs } = this.parts.config;
    if (!this.isUrgent) return Math.max(this.restsUntil, this.lastAt + gossipIntervalMs);
    return this.lastAt + (this.mayTellMany ? 0 : this.urgentPause * gossipIntervalMs);
  }

  private tellFew(isUrgent: boolean, now: Millis): void {
    const { config, outbox } = this.parts;
    const picked = new Set<MemberName>();
    for (let i = 0; i < config.gossipFanout && this.isOwing(); i++) {
      const member = this.pick(picked, now);
      if (member === undefined) return;
      picked.add(member.name);
      const onlyUrgent = isUrgent && this.isUrgent;
      outbox.send(toMember(member), { kind: "gossip" }, { onlyUrgent });
    }
  }

  /** The deaths that this node just declared, to many at once; once in an interval. */
  private tellMany(now: Millis): void {
    const { config, rng, selfName, table, outbox, dissemination } = this.parts;
    this.mayTellMany = false;
    this.tellsManyFrom = now + config.gossipIntervalMs;
    const others = table.present.filter(({ name }) => name !== selfName);
    const updates = dissemination.takeUrgent(outbox.room({ kind: "gossip" }));
    for (const member of sample(rng, others, this.toldAtOnce)) {
      outbox.send(toMember(member), { kind: "gossip" }, { updates, piggyback: false });
    }
  }

  /** As many as are all of a smaller cluster. */
  private get toldAtOnce(): number {
    const { table, hasDoubts } = this.parts;
    const isOne = table.present.length <= TOLD_OF_ONE && !hasDoubts();
    return isOne ? TOLD_OF_ONE : TOLD_AT_ONCE;
  }

  private get isUrgent(): boolean {
    return this.urgentRounds > 0 && this.parts.dissemination.hasUrgent;
  }

  private isOwing(): boolean {
    const { dissemination, userMessageQueue } = this.parts;
    return dissemination.size > 0 || userMessageQueue.owed > 0;
  }

  /** Whether any other member is present: updates sent to the dead do not count as sent. */
  private hasListeners(): boolean {
    return this.parts.table.present.some(({ name }) => name !== this.parts.selfName);
  }

  /**
   * Among the members present and the dead, who left does not count. Of the dead no more are in it
   * than of the present: so they get a tenth of the picks at most, whatever their number.
   */
  private pick(picked: ReadonlySet<MemberName>, now: Millis): Member | undefined {
    const { rng, table } = this.parts;
    const { present, dead } = table;
    const candidates = present.length + Math.min(present.length, dead.length);
    for (let i = 0; i < PICKS_MAX; i++) {
      const at = Math.floor(rng.next() * candidates);
      const member = (present[at] ?? dead[Math.floor(rng.next() * dead.length)]) as Member;
      if (!picked.has(member.name) && chance(rng, this.share(member, now))) return member;
    }
    return undefined;
  }

  private share({ name, state }: Member, now: Millis): number {
    if (name === this.parts.selfName) return 0;
    if (state === "dead") return DEAD_SHARE;
    return state === "suspect" || this.parts.isSilent(name, now) ? SUSPECT_SHARE : 1;
  }
}
