import type { DisseminationConfig } from "../config.ts";
import type { MemberName, Millis } from "../member.ts";
import type { Member, MembershipTable, Transition } from "../membership/table.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";
import { chance, type Rng } from "../primitives/rng.ts";
import type { Dissemination } from "./dissemination.ts";
import { type Outbox, toMember } from "./outbox.ts";
import type { UserMessageQueue } from "./user-message-queue.ts";

/** How likely a pick is kept: most gossip to those who will hear it. */
const SUSPECT_SHARE = 0.25;
const DEAD_SHARE = 0.1;
/** In intervals: the pause before urgent news; twice as long with each round of a burst, up to the longest. */
const URGENT_INTERVALS = 0.05;
const URGENT_INTERVALS_MAX = 0.25;
/** Of a burst, after its last death. */
const URGENT_ROUNDS = 12;
/** Datagrams that a round of urgent news is spread over, at most, for each member that is picked. */
const URGENT_DATAGRAMS_MAX = 8;
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
  private readonly parts: GossipParts;

  constructor(parts: GossipParts) {
    this.parts = parts;
  }

  /** A fresh death begins a burst, or prolongs it. */
  noteTransition({ member, before }: Transition): void {
    if (member.state === "dead" && before?.state !== "dead") this.urgentRounds = URGENT_ROUNDS;
  }

  /**
   * Fresh deaths hardly wait for an interval, and each goes to as many in a round, however many
   * there are (docs/protocol.md §12, rule 38; own, after the feedback of Demers et al., PODC 1987).
   */
  wake(now: Millis): void {
    if (now < this.nextDeadline()) return;
    const { config, outbox, dissemination } = this.parts;
    const isOfBurst = this.isUrgent && now - this.lastAt < config.gossipIntervalMs;
    this.urgentPause = isOfBurst
      ? Math.min(URGENT_INTERVALS_MAX, 2 * this.urgentPause)
      : URGENT_INTERVALS;
    const onlyUrgent = this.isUrgent;
    this.urgentRounds = Math.max(0, this.urgentRounds - 1);
    this.lastAt = now;
    const datagrams = Math.ceil(dissemination.urgentBytes / config.datagramBytesMax);
    const share = onlyUrgent ? Math.min(URGENT_DATAGRAMS_MAX, datagrams) : 1;
    const picked = new Set<MemberName>();
    for (let i = 0; i < share * config.gossipFanout && this.isOwing(); i++) {
      const member = this.pick(picked, now);
      if (member === undefined) return;
      picked.add(member.name);
      outbox.send(
        toMember(member),
        { kind: "gossip" },
        { onlyUrgent: onlyUrgent && this.isUrgent },
      );
    }
  }

  nextDeadline(): Millis {
    if (!this.isOwing() || !this.hasListeners()) return NEVER;
    const pauses = this.isUrgent ? this.urgentPause : 1;
    return this.lastAt + pauses * this.parts.config.gossipIntervalMs;
  }

  private get isUrgent(): boolean {
    return this.urgentRounds > 0 && this.parts.dissemination.urgentBytes > 0;
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
