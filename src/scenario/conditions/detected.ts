import { z } from "zod";
import { isDetected } from "../../cluster/observe/silences.ts";
import type { MemberName } from "../../core/member.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { lastCause } from "./causes.ts";
import { viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import { type ConditionWord, expandAt, needsViewer } from "./condition-word.ts";
import { describeSeen, firstWrong, metUnless, othersThan } from "./evaluation.ts";

/** Every viewer holds them dead or frozen; `within` counts from what happened to them. */
export interface DetectedSource extends WithViewers {
  readonly detected: NodesSource;
}

/** Every viewer knew that they were dead or frozen so soon after the fault. */
export interface DetectedCondition {
  readonly kind: "detected";
  readonly members: readonly MemberName[];
}

/** `{ detected: c }`. */
export const detected: ConditionWord<"detected", DetectedSource, DetectedCondition> = {
  word: "detected",
  kind: "detected",
  standing: "neither",
  schema: schemaOf<DetectedSource>()(
    z
      .strictObject({ detected: nodes, viewers })
      .describe(
        "Every viewer holds them dead, or suspect of being frozen; `within` counts from the fault",
      ),
  ),
  parse(source, context) {
    const members = expandAt(source.detected, "detected", context);
    return { condition: { kind: "detected", members }, label: `${showNames(members)} detected` };
  },
  check: needsViewer,
  countsFrom: ({ members }, state, { viewers: looking, nowMs }) =>
    // Only a fault can be the cause that was recent enough when the viewer knew of it.
    lastCause(
      { members, viewers: looking, wanted: isDetected },
      state,
      ({ detectedSinceMs = nowMs, ...of }) =>
        state.faults.lastCauseOf(of.viewer, of.subject, detectedSinceMs - state.aftermathMs),
    ),
  evaluate: ({ members }, run, { viewers: looking }) =>
    metUnless(
      firstWrong(othersThan(members, looking), members, (viewer, member) =>
        isDetected(run.belief(viewer, member)) ? undefined : describeSeen(run, viewer, member),
      ),
    ),
};
