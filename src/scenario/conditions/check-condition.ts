import type { Expectation } from "../language/scenario.ts";
import type { Place } from "./condition-word.ts";
import { kindOf } from "./registry.ts";

/** Why it cannot come about at this place, or undefined. */
export function conditionComplaint(
  { condition, viewers, holdMs }: Expectation,
  place: Omit<Place, "viewers" | "holdMs">,
): string | undefined {
  const { processes } = place;
  const blind = viewers
    ?.map((viewer) => processes.whyNotUp(viewer))
    .find((why) => why !== undefined);
  if (blind !== undefined) return `${blind}, so it sees nothing`;
  return kindOf(condition).check?.(condition, { ...place, viewers, holdMs });
}

/** Why it cannot be judged all the time, or undefined. */
export function standingComplaint({ verb, condition }: Expectation): string | undefined {
  const { standing } = kindOf(condition);
  const word = condition.kind.replaceAll("-", "_");
  if (standing === "neither") {
    return `${word} works with await and expect only; it cannot be judged at every moment`;
  }
  if (verb === "never" && standing === "always") {
    return `${word} works with always, not with never: it is measured over the whole time`;
  }
  return undefined;
}
