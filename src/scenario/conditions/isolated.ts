import { z } from "zod";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { nodes } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ConditionKind, type ConditionWord, expandAt } from "./condition-word.ts";
import { metUnless } from "./evaluation.ts";

/** They know that they are isolated. */
export interface IsolatedSource {
  readonly isolated: NodesSource;
}

/** They do not consider themselves isolated. */
export interface NotIsolatedSource {
  readonly not_isolated: NodesSource;
}

/** Each node considers itself isolated, or none does. */
export interface IsolatedCondition {
  readonly kind: "isolated";
  readonly nodes: readonly string[];
  readonly isolated: boolean;
}

const kind: ConditionKind<IsolatedCondition> = {
  kind: "isolated",
  standing: "both",
  check: (condition, { processes }) =>
    condition.nodes.map((node) => processes.whyNotUp(node)).find((why) => why !== undefined),
  evaluate(condition, run) {
    const { isolated: wanted } = condition;
    const wrong = condition.nodes.find((node) => run.isIsolated(node) !== wanted);
    if (wrong === undefined) return metUnless(undefined);
    const got = wanted ? "does not know that it is isolated" : "considers itself isolated";
    return metUnless(`${wrong} ${got}`);
  },
};

/** `{ isolated: c }`. */
export const isolated: ConditionWord<"isolated", IsolatedSource, IsolatedCondition> = {
  ...kind,
  word: "isolated",
  schema: schemaOf<IsolatedSource>()(
    z.strictObject({ isolated: nodes }).describe("They know that they are isolated"),
  ),
  parse(source, context) {
    const who = expandAt(source.isolated, "isolated", context);
    const label = `${showNames(who)} isolated`;
    return { condition: { kind: "isolated", nodes: who, isolated: true }, label };
  },
};

/** `{ not_isolated: c }`. */
export const notIsolated: ConditionWord<"not_isolated", NotIsolatedSource, IsolatedCondition> = {
  ...kind,
  word: "not_isolated",
  schema: schemaOf<NotIsolatedSource>()(
    z.strictObject({ not_isolated: nodes }).describe("They do not consider themselves isolated"),
  ),
  parse(source, context) {
    const who = expandAt(source.not_isolated, "not_isolated", context);
    const label = `${showNames(who)} not isolated`;
    return { condition: { kind: "isolated", nodes: who, isolated: false }, label };
  },
};
