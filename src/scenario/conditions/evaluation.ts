import { describeHeld } from "../../cluster/observe/silences.ts";
import type { MemberState, Millis } from "../../core/member.ts";
import type { RunState } from "../run/run-state.ts";

/** Whether a condition holds at this moment. */
export interface Evaluation {
  readonly holds: boolean;
  /** What is the case; formatted only when asked, as conditions are evaluated at every event. */
  readonly got: () => string;
}

/** What a condition is evaluated with, beside what is known. */
export interface EvaluationContext {
  /** Whose views count. */
  readonly viewers: readonly string[];
  /** When the block began, or the mark was set. */
  readonly sinceMs: Millis;
  /** Incarnations at that moment, by viewer and member. */
  readonly incarnations: ReadonlyMap<string, number>;
  /** What each node had sent when the measuring began. */
  readonly sent: ReadonlyMap<string, SentSoFar>;
}

/** What a node had sent by then. */
export interface SentSoFar {
  readonly bytes: number;
  readonly atMs: Millis;
}

/** What a viewer may believe of a member; `unknown`: nothing at all. */
export type SeenState = Exclude<MemberState, "forgotten"> | "unknown";

/** It holds, and there is nothing more to say. */
export const MET: Evaluation = { holds: true, got: () => "it holds" };

/** It does not hold, and this is the case instead. */
export function unmet(got: string | (() => string)): Evaluation {
  return { holds: false, got: typeof got === "string" ? () => got : got };
}

/** Unmet with what is wrong; met where nothing is. */
export function metUnless(wrong: string | undefined): Evaluation {
  return wrong === undefined ? MET : unmet(wrong);
}

/** The first complaint of any viewer about any item, or undefined. */
export function firstWrong<T>(
  viewers: readonly string[],
  items: readonly T[],
  objectionTo: (viewer: string, item: T) => string | undefined,
): string | undefined {
  if (viewers.length === 0) return "no node is running that could see it";
  for (const viewer of viewers) {
    for (const item of items) {
      const wrong = objectionTo(viewer, item);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

/** What a viewer sees of a member. */
export function seenState(run: RunState, viewer: string, member: string): SeenState {
  const state = run.belief(viewer, member)?.state;
  return state === undefined || state === "forgotten" ? "unknown" : state;
}

/** Such as `a sees c suspect (frozen)`. */
export function describeSeen(run: RunState, viewer: string, member: string): string {
  const belief = run.belief(viewer, member);
  const state = seenState(run, viewer, member);
  const held = belief === undefined || state === "unknown" ? state : describeHeld(belief);
  return `${viewer} sees ${member} ${held}`;
}

/** Whether every viewer sees every member in this state. */
export function allSee(
  state: SeenState,
  members: readonly string[],
  viewers: readonly string[],
  run: RunState,
): Evaluation {
  return metUnless(
    firstWrong(viewers, members, (viewer, member) => {
      const isSeen = seenState(run, viewer, member) === state;
      return isSeen ? undefined : describeSeen(run, viewer, member);
    }),
  );
}

/** Viewers beside the members: a member's opinion of itself tells nothing about what others found out. */
export function othersThan(
  members: readonly string[],
  viewers: readonly string[],
): readonly string[] {
  return viewers.filter((viewer) => !members.includes(viewer));
}
