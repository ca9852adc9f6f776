import type { RunView } from "../language/run-view.ts";
import { type ConditionKind, needsViewer } from "./condition-word.ts";
import { metUnless } from "./evaluation.ts";

/** Only from a program, by a `check` step. */
export interface CustomCondition {
  readonly kind: "custom";
  /** Says what is wrong; undefined when nothing is. */
  readonly test: (view: RunView) => string | undefined;
}

/** What a `check` step asks; no word of files begins it. */
export const custom: ConditionKind<CustomCondition> = {
  kind: "custom",
  standing: "both",
  check: needsViewer,
  evaluate: ({ test }, run) => metUnless(test(run)),
};
