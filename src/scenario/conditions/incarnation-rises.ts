import { z } from "zod";
import type { MemberName } from "../../core/member.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { since, viewers } from "./condition-fields.ts";
import type { WithSince, WithViewers } from "./condition-source.ts";
import { type ConditionWord, expandAt, needsMark } from "./condition-word.ts";
import { firstWrong, metUnless } from "./evaluation.ts";

/** Every viewer sees a higher incarnation than then. */
export interface IncarnationRisesSource extends WithViewers, WithSince {
  readonly incarnation_rises: NodesSource;
}

/** Every viewer sees a higher incarnation of the members than at the beginning. */
export interface IncarnationRisesCondition {
  readonly kind: "incarnation-rises";
  readonly members: readonly MemberName[];
  /** Text of a mark; null: from the begin of the block. */
  readonly since: string | null;
}

/** `{ incarnation_rises: c, since: mark }`. */
export const incarnationRises: ConditionWord<
  "incarnation_rises",
  IncarnationRisesSource,
  IncarnationRisesCondition
> = {
  word: "incarnation_rises",
  kind: "incarnation-rises",
  standing: "neither",
  schema: schemaOf<IncarnationRisesSource>()(
    z
      .strictObject({ incarnation_rises: nodes, viewers, since })
      .describe("Every viewer sees a higher incarnation than then"),
  ),
  parse({ incarnation_rises, since: mark = null }, context) {
    const members = expandAt(incarnation_rises, "incarnation_rises", context);
    const condition = { kind: "incarnation-rises", members, since: mark } as const;
    return { condition, label: `incarnation of ${showNames(members)} rises` };
  },
  check: (condition, place) =>
    condition.since === null && place.isAtTop
      ? "incarnation_rises needs a since: the text of a mark before it"
      : needsMark(condition.since, place),
  evaluate: ({ members }, run, { viewers: looking, incarnations }) =>
    metUnless(
      firstWrong(looking, members, (viewer, member) => {
        const before = incarnations.get(`${viewer} ${member}`) ?? 0;
        const now = run.belief(viewer, member)?.incarnation ?? 0;
        return now > before ? undefined : `${viewer} sees ${member} still at incarnation ${now}`;
      }),
    ),
};
