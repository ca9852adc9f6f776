import { z } from "zod";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { RunState } from "../run/run-state.ts";
import { type ConditionWord, expandAt, needsViewer } from "./condition-word.ts";
import { firstWrong, metUnless, seenState, unmet } from "./evaluation.ts";

/** The views of these nodes are equal, and all of them are alive in them. */
export interface ConvergedSource {
  readonly converged: NodesSource;
}

/** All whose views count hold one view, and each other alive. */
export interface ConvergedCondition {
  readonly kind: "converged";
}

/** `converged`, `{ converged: nodes }`. */
export const converged: ConditionWord<"converged", ConvergedSource, ConvergedCondition> = {
  word: "converged",
  kind: "converged",
  standing: "both",
  schema: schemaOf<ConvergedSource>()(
    z
      .strictObject({ converged: nodes })
      .describe("The views of these nodes are equal, and all of them alive in them"),
  ),
  alone: { condition: { kind: "converged" }, label: "converged" },
  parse(source, context) {
    const viewers = expandAt(source.converged, "converged", context);
    return { condition: { kind: "converged" }, viewers, label: `${showNames(viewers)} converged` };
  },
  check: needsViewer,
  evaluate(_, run, { viewers }) {
    // This is asked at every event, of clusters of any size: equal views need one look, and views
    // that differ need none.
    const wrongIn = (looking: readonly string[]) =>
      firstWrong(looking, viewers, (viewer, other) => {
        const { member } = run.process(other);
        const state = seenState(run, viewer, member);
        return state === "alive" ? undefined : `${viewer} sees ${member} ${state}`;
      });
    if (!run.beliefs.areEqual(viewers)) {
      return unmet(() => wrongIn(viewers) ?? describeDifference(viewers, run));
    }
    return metUnless(wrongIn(viewers.slice(0, 1)));
  },
};

function describeDifference(viewers: readonly string[], run: RunState): string {
  const [first, ...rest] = viewers;
  if (first === undefined) return "no node is running";
  for (const viewer of rest) {
    const members = new Set([...run.beliefs.of(first).keys(), ...run.beliefs.of(viewer).keys()]);
    for (const member of members) {
      const [a, b] = [run.belief(first, member), run.belief(viewer, member)];
      if (a?.state === b?.state && a?.incarnation === b?.incarnation) continue;
      const tell = (belief: typeof a) =>
        belief === undefined ? "unknown" : `${belief.state} at incarnation ${belief.incarnation}`;
      return `${first} sees ${member} ${tell(a)}, ${viewer} sees it ${tell(b)}`;
    }
  }
  return "views differ";
}
