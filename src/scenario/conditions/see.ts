import { z } from "zod";
import type { MemberName } from "../../core/member.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { seenStateError, seenState as seenStateSchema, viewers } from "./condition-fields.ts";
import type { WithViewers } from "./condition-source.ts";
import { type ConditionWord, needsViewer } from "./condition-word.ts";
import { describeSeen, firstWrong, metUnless, type SeenState, seenState } from "./evaluation.ts";

/** Every viewer sees these nodes in these states. */
export interface SeeSource extends WithViewers {
  /** By node or group: a state, or several that are all right. */
  readonly see: Readonly<Record<string, SeenState | readonly SeenState[]>>;
}

/** Every viewer sees each member in one of these states. */
export interface SeeCondition {
  readonly kind: "see";
  readonly states: readonly {
    readonly member: MemberName;
    readonly oneOf: readonly SeenState[];
  }[];
}

const seenStates = z.union(
  [seenStateSchema, z.array(seenStateSchema).min(1, { error: seenStateError })],
  {
    error: seenStateError,
  },
);

/** `{ see: { c: dead, left: [alive, suspect] } }`. */
export const see: ConditionWord<"see", SeeSource, SeeCondition> = {
  word: "see",
  kind: "see",
  standing: "both",
  schema: schemaOf<SeeSource>()(
    z
      .strictObject({
        see: z.record(z.string(), seenStates, {
          error: "must be a map of nodes to states, such as { c: dead }",
        }),
        viewers,
      })
      .describe("Every viewer sees these nodes in these states"),
  ),
  parse(source, { names, path }) {
    const written = Object.entries(source.see).map(([who, states]) => ({
      who,
      oneOf: typeof states === "string" ? [states] : states,
    }));
    const states = written.flatMap(({ who, oneOf }) =>
      names.expand(who, [...path, "see", who]).map((member) => ({ member, oneOf })),
    );
    const label = written.map(({ who, oneOf }) => `${who} ${oneOf.join(" or ")}`).join(", ");
    return { condition: { kind: "see", states }, label };
  },
  check: needsViewer,
  evaluate: ({ states }, run, { viewers: looking }) =>
    metUnless(
      firstWrong(looking, states, (viewer, { member, oneOf }) => {
        const isSeen = oneOf.includes(seenState(run, viewer, member));
        return isSeen ? undefined : describeSeen(run, viewer, member);
      }),
    ),
};
