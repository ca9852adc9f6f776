import { z } from "zod";
import { name, wholeNumber } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { ConditionWord } from "./condition-word.ts";
import { unmet } from "./evaluation.ts";

/** The process ended by itself. */
export interface EndedSource {
  readonly ended: string;
  readonly exit_code?: number | undefined;
}

/** The process ended without being stopped or killed by a step. */
export interface EndedCondition {
  readonly kind: "ended";
  readonly node: string;
  /** Null: any. */
  readonly exitCode: number | null;
}

/** `{ ended: c, exit_code: 2 }`. */
export const ended: ConditionWord<"ended", EndedSource, EndedCondition> = {
  word: "ended",
  kind: "ended",
  standing: "neither",
  schema: schemaOf<EndedSource>()(
    z
      .strictObject({ ended: name, exit_code: wholeNumber(0, 255).optional() })
      .describe("The process ended by itself"),
  ),
  parse({ ended: who, exit_code: exitCode = null }, { names, path }) {
    const node = names.one(who, [...path, "ended"]);
    const told = exitCode === null ? "" : ` with exit code ${exitCode}`;
    return { condition: { kind: "ended", node, exitCode }, label: `${node} ended${told}` };
  },
  check: ({ node }, { processes }) =>
    processes.hasStarted(node) ? undefined : `${node} cannot end: ${processes.of(node).because}`,
  endOf: ({ node }) => node,
  evaluate({ node, exitCode }, run) {
    const { end } = run.process(node);
    if (end === undefined) return unmet(`${node} is running`);
    const isWanted = end.how === "ended" && (exitCode === null || end.exitCode === exitCode);
    const how = end.how === "ended" ? `exit code ${end.exitCode}` : end.how;
    return { holds: isWanted, got: () => `${node} ended: ${how}` };
  },
};
