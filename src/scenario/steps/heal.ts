import { z } from "zod";
import { FAULTS, type LinkVerb } from "../faults/registry.ts";
import { showValue, suggest } from "../language/parsing/issues.ts";
import type { SourceLocation } from "../language/scenario.ts";
import { oneOrMore } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import type { StepWord } from "./step-word.ts";

/** Ends faults of links: all of them, or those of these verbs. */
export interface HealSource {
  readonly heal: string | readonly string[];
}

/** Faults of links end. */
export interface HealStep extends SourceLocation {
  readonly kind: "heal";
  readonly verb: "heal";
  /** Null: every fault of links. */
  readonly verbs: readonly LinkVerb[] | null;
}

/** `heal: all`, `heal: loss`. */
export const heal: StepWord<"heal", HealSource, HealStep> = {
  word: "heal",
  schema: schemaOf<HealSource>()(
    z
      .strictObject({
        heal: oneOrMore("must be all, a verb such as partition, or a list of verbs"),
      })
      .describe("Ends faults of links: all of them, or those of these verbs"),
  ),
  parse({ heal: written }, { issues, path }) {
    const words = typeof written === "string" ? [written] : written;
    const known: readonly string[] = FAULTS.map(({ word }) => word);
    for (const word of words) {
      if (word === "all" || known.includes(word)) continue;
      issues.add([...path, "heal"], `there is no fault ${showValue(word)}${suggest(word, known)}`);
    }
    const verbs = words.includes("all") ? null : (words as LinkVerb[]);
    return { kind: "heal", verb: "heal", verbs, label: `heal ${words.join(", ")}` };
  },
  check: () => 0,
  async perform(step, { faults }) {
    await faults.heal(step.verbs);
    return "done";
  },
};
