import type { Belief } from "../../cluster/observe/beliefs.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { RunState } from "../run/run-state.ts";

/** A viewer and a member that it is to see so. */
interface Pair {
  readonly viewer: string;
  /** The member's process. */
  readonly subject: string;
  /** Since when the viewer knows that the member is dead or frozen; undefined where it does not. */
  readonly detectedSinceMs: Millis | undefined;
}

/**
 * When the last of the causes was that viewers are to see members so; undefined where there was none.
 * Who sees it so already has nothing to wait for, unless that goes for everybody.
 */
export function lastCause(
  {
    members,
    viewers,
    wanted,
  }: {
    readonly members: readonly MemberName[];
    readonly viewers: readonly string[];
    readonly wanted: (belief: Belief | undefined) => boolean;
  },
  state: RunState,
  causeOf: (pair: Pair) => Millis | undefined,
): Millis | undefined {
  const pairs = members.flatMap((member) => {
    const subject = state.nodeOf(member);
    const whose = viewers.filter((viewer) => viewer !== subject);
    return whose.map((viewer) => ({ viewer, subject, belief: state.belief(viewer, member) }));
  });
  const waiting = pairs.filter(({ belief }) => !wanted(belief));
  const causes = (waiting.length > 0 ? waiting : pairs).flatMap(({ viewer, subject, belief }) => {
    return causeOf({ viewer, subject, detectedSinceMs: belief?.detectedSinceMs }) ?? [];
  });
  return causes.length === 0 ? undefined : Math.max(...causes);
}
