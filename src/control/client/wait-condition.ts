import { ConfigError } from "../../core/errors.ts";
import { isPresent } from "../../core/member.ts";
import { describeNotYet } from "../../text/not-yet.ts";
import { formatNames } from "../../text/quantities.ts";
import type { MembersBody, ViewsBody } from "../api-types.ts";
import { SHOWN_STATES, type ShownState } from "../shown-states.ts";

/** What `hearsay wait --for` waits for. */
export type WaitCondition =
  /** The node's view is whole, every member that is present holds the same one, and nobody is suspected. */
  | { readonly kind: "converged" }
  | { readonly kind: "count"; readonly state: ShownState; readonly count: number }
  | { readonly kind: "state"; readonly state: ShownState; readonly member: string }
  /** The member is known and present: alive or suspect. */
  | { readonly kind: "member"; readonly member: string };

export interface WaitStatus {
  readonly isMet: boolean;
  /** How it stands, for people. */
  readonly finding: string;
}

/** Reads `converged`, `alive=5`, `dead=n3`, `left=n3`, `suspect=n3` or `member=n3`; digits are a count. */
export function parseWaitCondition(text: string): WaitCondition {
  if (text === "converged") return { kind: "converged" };
  const [key = "", value = "", ...rest] = text.split("=");
  const state = SHOWN_STATES.find((known) => known === key);
  if (rest.length === 0 && value !== "") {
    if (key === "member") return { kind: "member", member: value };
    if (state !== undefined && /^\d+$/.test(value))
      return { kind: "count", state, count: Number(value) };
    if (state !== undefined) return { kind: "state", state, member: value };
  }
  throw new ConfigError(
    `--for: ${JSON.stringify(text)} is not a condition; use converged, alive=5, dead=n3, left=n3, suspect=n3 or member=n3`,
  );
}

/** Whether the condition holds in these bodies. `views` is asked for only where the condition is about them. */
export function evaluateWait(
  condition: WaitCondition,
  members: Pick<MembersBody, "members" | "notYet">,
  views: ViewsBody | undefined,
): WaitStatus {
  if (condition.kind === "converged") return judgeConvergence(members, views);
  if (condition.kind === "count") return judgeCount(members, condition.state, condition.count);
  const state = members.members.find((member) => member.name === condition.member)?.state;
  const finding = `${condition.member} is ${state ?? "not known"}`;
  if (condition.kind === "state") return { isMet: state === condition.state, finding };
  return { isMet: state !== undefined && isPresent(state), finding };
}

function judgeCount(
  { members }: Pick<MembersBody, "members">,
  state: ShownState,
  count: number,
): WaitStatus {
  const names = members.filter((member) => member.state === state).map((member) => member.name);
  const listed = names.length === 0 ? "" : ` (${formatNames(names)})`;
  return { isMet: names.length === count, finding: `${names.length} ${state}${listed}` };
}

function judgeConvergence(
  { members, notYet }: Pick<MembersBody, "members" | "notYet">,
  views: ViewsBody | undefined,
): WaitStatus {
  // Those whom it lacks cannot contradict it.
  if (notYet !== null) {
    return { isMet: false, finding: `its view may lack members: ${describeNotYet(notYet)}` };
  }
  const suspects = members.filter((member) => member.state === "suspect");
  if (suspects.length > 0) {
    return { isMet: false, finding: `${formatNames(suspects.map(({ name }) => name))} suspected` };
  }
  const present = members.filter((member) => member.state === "alive").map(({ name }) => name);
  const own = views?.views.find((view) => view.viewer === views.self)?.digest ?? null;
  const apart = present.filter((name) => {
    const view = views?.views.find((candidate) => candidate.viewer === name);
    return view === undefined || !view.reachable || view.digest === null || view.digest !== own;
  });
  if (apart.length > 0) {
    return { isMet: false, finding: `${formatNames(apart)} did not tell the same view yet` };
  }
  return { isMet: true, finding: `all ${present.length} see the same` };
}
