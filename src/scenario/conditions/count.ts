import { z } from "zod";
import { wholeNumber } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { seenStateKey, viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import { type ConditionWord, needsViewer } from "./condition-word.ts";
import { firstWrong, metUnless, type SeenState } from "./evaluation.ts";

/** Every viewer sees so many members in these states. */
export interface CountSource extends WithViewers {
  readonly count: Readonly<Partial<Record<SeenState, number>>>;
}

/** Every viewer sees exactly so many members in each of these states. */
export interface CountCondition {
  readonly kind: "count";
  readonly counts: Readonly<Partial<Record<SeenState, number>>>;
}

/** `{ count: { alive: 4, dead: 1 } }`. */
export const count: ConditionWord<"count", CountSource, CountCondition> = {
  word: "count",
  kind: "count",
  standing: "both",
  schema: schemaOf<CountSource>()(
    z
      .strictObject({
        count: z.partialRecord(seenStateKey, wholeNumber(0, 100_000), {
          error: "must be a map of states to numbers, such as { alive: 5, dead: 1 }",
        }),
        viewers,
      })
      .describe("Every viewer sees so many members in these states"),
  ),
  parse({ count: counts }, { names, issues, path }) {
    const sum = Object.values(counts).reduce((total, number) => total + number, 0);
    if (sum > names.nodes.length) {
      const message = `count adds up to ${sum} members, but there are ${names.nodes.length} nodes`;
      issues.add([...path, "count"], message);
    }
    const told = Object.entries(counts).map(([state, number]) => `${number} ${state}`);
    return { condition: { kind: "count", counts }, label: told.join(", ") };
  },
  check: needsViewer,
  evaluate: ({ counts }, run, { viewers: looking }) =>
    metUnless(
      firstWrong(looking, Object.entries(counts), (viewer, [state, wanted]) => {
        const beliefs = [...run.beliefs.of(viewer).values()];
        const seen = beliefs.filter((belief) => belief.state === state).length;
        return seen === wanted ? undefined : `${viewer} sees ${seen} ${state}`;
      }),
    ),
};
