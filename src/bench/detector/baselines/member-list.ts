import type { Endpoint, MemberName, Millis } from "../../../core/member.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import type { ListedMember } from "./baseline-message.ts";

/** One row of a baseline's table. */
export interface BaselineMember {
  readonly name: MemberName;
  endpoint: Endpoint;
  incarnation: number;
  state: ListedMember["state"];
  sinceMs: Millis;
}

/**
 * The table of a baseline and the order in which it probes: SWIM's round robin over a list that is
 * shuffled after each pass, new members at a random place (SWIM §4.3).
 */
export class MemberList {
  private readonly rows: BaselineMember[] = [];
  private readonly byName = new Map<MemberName, BaselineMember>();
  private readonly rng: Rng;
  private probeIndex = 0;

  constructor(rng: Rng) {
    this.rng = rng;
  }

  /** Rows, the node's own and those of the lately dead included: memberlist's n. */
  get size(): number {
    return this.rows.length;
  }

  get(name: MemberName): BaselineMember | undefined {
    return this.byName.get(name);
  }

  add(member: BaselineMember): void {
    this.byName.set(member.name, member);
    const at = this.randomIndex();
    this.rows.push(member);
    this.swap(at, this.rows.length - 1);
  }

  /** Many at once, in random order. */
  addAll(members: readonly BaselineMember[]): void {
    for (const member of members) {
      this.byName.set(member.name, member);
      this.rows.push(member);
    }
    this.shuffle();
  }

  /**
   * Forgets the dead of longer than `deadForMs` at the end of each pass, as memberlist does.
   * Returns the member to probe next.
   */
  nextToProbe(
    mayProbe: (member: BaselineMember) => boolean,
    nowMs: Millis,
    deadForMs: Millis,
  ): BaselineMember | undefined {
    for (let checked = 0; checked <= this.rows.length; checked++) {
      if (this.probeIndex >= this.rows.length) {
        this.reap(nowMs, deadForMs);
        this.shuffle();
        this.probeIndex = 0;
      }
      const member = this.rows[this.probeIndex++];
      if (member !== undefined && mayProbe(member)) return member;
    }
    return undefined;
  }

  /** Up to `count` distinct random members; like memberlist it gives up after 3·n draws. */
  pick(count: number, isWanted: (member: BaselineMember) => boolean): BaselineMember[] {
    const picked: BaselineMember[] = [];
    const draws = 3 * this.rows.length;
    for (let i = 0; i < draws && picked.length < count; i++) {
      const member = this.rows[this.randomIndex()] as BaselineMember;
      if (isWanted(member) && !picked.includes(member)) picked.push(member);
    }
    return picked;
  }

  /** Everything, to be handed over whole. */
  listed(): ListedMember[] {
    return this.rows.map(({ name, endpoint, incarnation, state }) => ({
      member: name,
      endpoint,
      incarnation,
      state,
    }));
  }

  private reap(nowMs: Millis, deadForMs: Millis): void {
    let kept = 0;
    for (const member of this.rows) {
      if (member.state === "dead" && nowMs - member.sinceMs > deadForMs) {
        this.byName.delete(member.name);
      } else this.rows[kept++] = member;
    }
    this.rows.length = kept;
  }

  private shuffle(): void {
    for (let last = this.rows.length - 1; last > 0; last--) {
      this.swap(last, Math.floor(this.rng.next() * (last + 1)));
    }
  }

  private swap(a: number, b: number): void {
    const held = this.rows[a] as BaselineMember;
    this.rows[a] = this.rows[b] as BaselineMember;
    this.rows[b] = held;
  }

  private randomIndex(): number {
    return Math.floor(this.rng.next() * this.rows.length);
  }
}
