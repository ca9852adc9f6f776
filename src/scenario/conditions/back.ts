import { z } from "zod";
import type { MemberName } from "../../core/member.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { lastCause } from "./causes.ts";
import { viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import { type ConditionWord, expandAt } from "./condition-word.ts";
import { allSee } from "./evaluation.ts";

/** Every viewer holds them alive; `within` counts from their return. */
export interface BackSource extends WithViewers {
  readonly back: NodesSource;
}

/** Every viewer holds them alive so soon after they returned. */
export interface BackCondition {
  readonly kind: "back";
  readonly members: readonly MemberName[];
}

/** `{ back: c }`. */
export const back: ConditionWord<"back", BackSource, BackCondition> = {
  word: "back",
  kind: "back",
  standing: "neither",
  schema: schemaOf<BackSource>()(
    z
      .strictObject({ back: nodes, viewers })
      .describe("Every viewer holds them alive; `within` counts from their return"),
  ),
  parse(source, context) {
    const members = expandAt(source.back, "back", context);
    return { condition: { kind: "back", members }, label: `${showNames(members)} back` };
  },
  check({ members }, { processes }) {
    const away = members.map((node) => processes.whyNotUp(node)).find((why) => why !== undefined);
    return away === undefined ? undefined : `${away}, so it is not back`;
  },
  countsFrom: ({ members }, state, { viewers: looking }) =>
    lastCause(
      { members, viewers: looking, wanted: (belief) => belief?.state === "alive" },
      state,
      ({ detectedSinceMs = 0, ...of }) =>
        state.faults.returnOf(of.viewer, of.subject, detectedSinceMs - state.aftermathMs),
    ),
  evaluate: ({ members }, run, { viewers: looking }) => allSee("alive", members, looking, run),
};
