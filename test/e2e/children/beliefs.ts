import { ConditionNotMetError } from "../../../cli/errors.ts";
import type { MemberState } from "../../../src/core/member.ts";
import { formatSpan } from "../../../src/text/quantities.ts";

/** A change of a member's state as one viewer told it. */
export interface SeenBelief {
  readonly viewer: string;
  readonly change: { readonly member: string; readonly to: MemberState };
}

/** What each viewer believes of each member, by what it told, and who waits for that to change. */
export class Beliefs<S extends SeenBelief> {
  private readonly states = new Map<string, Map<string, MemberState>>();
  private readonly listeners = new Set<(seen: S) => void>();

  /** Forgets what a viewer believed: its process is started anew. */
  reset(viewer: string): void {
    this.states.set(viewer, new Map());
  }

  of(viewer: string, member: string): MemberState | undefined {
    return this.states.get(viewer)?.get(member);
  }

  note(seen: S): void {
    this.states.get(seen.viewer)?.set(seen.change.member, seen.change.to);
    for (const listener of [...this.listeners]) listener(seen);
  }

  /**
   * Calls `listener` with each change that any viewer tells, until the returned function is called.
   */
  onChange(listener: (seen: S) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Waits until each viewer believes each member to be in this state.
   *
   * @throws ConditionNotMetError naming the first who still see it otherwise
   */
  allSee(
    state: MemberState,
    members: readonly string[],
    viewers: readonly string[],
    withinMs: number,
  ): Promise<void> {
    // Kept up to date by each change: looking at all pairs each time costs n⁴ while n nodes meet.
    const missing = new Map<string, readonly [viewer: string, member: string]>();
    const watched = { viewers: new Set(viewers), members: new Set(members) };
    const judge = (viewer: string, member: string) => {
      const pair = `${viewer}\n${member}`;
      if (this.of(viewer, member) === state) missing.delete(pair);
      else missing.set(pair, [viewer, member]);
    };
    for (const viewer of viewers) for (const member of members) judge(viewer, member);
    if (missing.size === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.onChange(({ viewer, change: { member } }) => {
        if (!watched.viewers.has(viewer) || !watched.members.has(member)) return;
        judge(viewer, member);
        if (missing.size > 0) return;
        settle();
        resolve();
      });
      const timer = setTimeout(() => {
        settle();
        const told = [...missing.values()].slice(0, 3).map((pair) => this.tell(...pair));
        const wanted = `${members.join(", ")} should be ${state}, but ${told.join(", ")}`;
        reject(new ConditionNotMetError(`not within ${formatSpan(withinMs)}: ${wanted}`));
      }, withinMs);
      const settle = () => {
        stop();
        clearTimeout(timer);
      };
    });
  }

  private tell(viewer: string, member: string): string {
    return `${viewer} sees ${member} ${this.of(viewer, member) ?? "not at all"}`;
  }
}
