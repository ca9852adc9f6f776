import type { MemberName, Millis } from "../../core/member.ts";
import type { RunState } from "../run/run-state.ts";

/** A viewer and a member that it is to see so. */
interface Pair {
  readonly viewer: string;
  /** The member's process. */
  readonly subject: string;
  /** When the viewer took the member for dead; undefined where it does not hold it dead. */
  readonly deadSinceMs: Millis | undefined;
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
    readonly wanted: "dead" | "alive";
  },
  state: RunState,
  causeOf: (pair: Pair) => Millis | undefined,
): Millis | undefined {
  const pairs = members.flatMap((member) => {
    const subject = state.nodeOf(member);
    const whose = viewers.filter((viewer) => viewer !== subject);
    return whose.map((viewer) => ({ viewer, subject, belief: state.belief(viewer, member) }));
  });
  const waiting = pairs.filter(({ belief }) => belief?.state !== wanted);
  const causes = (waiting.length > 0 ? waiting : pairs).flatMap(({ viewer, subject, belief }) => {
    const deadSinceMs = belief?.state === "dead" ? belief.sinceMs : undefined;
    return causeOf({ viewer, subject, deadSinceMs }) ?? [];
  });
  return causes.length === 0 ? undefined : Math.max(...causes);
}
