import { z } from "zod";
import type { MemberName } from "../../core/member.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { lastCause } from "./causes.ts";
import { viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import { type ConditionWord, expandAt, needsViewer } from "./condition-word.ts";
import { allSee, othersThan } from "./evaluation.ts";

/** Every viewer holds them dead; `within` counts from what ended them. */
export interface DetectedSource extends WithViewers {
  readonly detected: NodesSource;
}

/** Every viewer held them dead so soon after the fault that ended them. */
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
      .describe("Every viewer holds them dead; `within` counts from what ended them"),
  ),
  parse(source, context) {
    const members = expandAt(source.detected, "detected", context);
    return { condition: { kind: "detected", members }, label: `${showNames(members)} detected` };
  },
  check: needsViewer,
  countsFrom: ({ members }, state, { viewers: looking, nowMs }) =>
    // Only a fault can be the cause that was recent enough when the member was taken for dead.
    lastCause(
      { members, viewers: looking, wanted: "dead" },
      state,
      ({ deadSinceMs = nowMs, ...of }) =>
        state.faults.lastCauseOf(of.viewer, of.subject, deadSinceMs - state.aftermathMs),
    ),
  evaluate: ({ members }, run, { viewers: looking }) =>
    allSee("dead", members, othersThan(members, looking), run),
};
