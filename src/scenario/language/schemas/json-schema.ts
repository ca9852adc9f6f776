import { z } from "zod";
import { CONDITIONS } from "../../conditions/registry.ts";
import { STEPS } from "../../steps/registry.ts";
import { SCENARIO_SCHEMA } from "./scenario-schema.ts";
import { zodOf } from "./schema-of.ts";

type Json = Record<string, unknown>;

/**
 * A JSON Schema of scenario files, for editors. It comes from the same schemas that files are checked
 * with; what only `hearsay validate` can know (names, times, the dead) is not in it.
 */
export function scenarioJsonSchema(): Json {
  const steps = STEPS.filter(({ isForPrograms = false }) => !isForPrograms);
  const shared: Json = {};
  const jsonOf = (schema: z.ZodType): Json => jsonWith(shared, schema);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A scenario of hearsay",
    ...jsonOf(SCENARIO_SCHEMA),
    $defs: {
      step: { anyOf: steps.map(({ schema }) => jsonOf(zodOf<unknown>(schema))) },
      condition: {
        anyOf: [
          { enum: CONDITIONS.filter(({ alone }) => alone !== undefined).map(({ word }) => word) },
          ...CONDITIONS.map(({ schema }) => jsonOf(zodOf<unknown>(schema))),
        ],
      },
      standing: {
        anyOf: [
          CONDITION,
          {
            type: "object",
            properties: { never: CONDITION },
            required: ["never"],
            additionalProperties: false,
          },
        ],
      },
      ...shared,
    },
  };
}

const CONDITION: Json = { $ref: "#/$defs/condition" };

/** What stands where a schema only says that something is read apart. */
const REFERENCES: Readonly<Record<string, Json>> = {
  isSteps: { type: "array", items: { $ref: "#/$defs/step" } },
  isCondition: CONDITION,
  isStanding: { $ref: "#/$defs/standing" },
};

/** What many steps share is written once, into `shared`, under the name that its schema gives it. */
function jsonWith(shared: Json, schema: z.ZodType): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      const fields = jsonSchema as Json;
      for (const [mark, reference] of Object.entries(REFERENCES)) {
        if (!(mark in fields)) continue;
        delete fields[mark];
        Object.assign(fields, reference);
      }
      if (typeof fields.shared !== "string") return;
      // One that was given another description comes with the reference of the one that it was made from.
      const { shared: name, description, $ref: _, ...definition } = fields;
      shared[name as string] = definition;
      for (const key of Object.keys(fields)) delete fields[key];
      Object.assign(fields, {
        $ref: `#/$defs/${name}`,
        ...(description !== undefined && { description }),
      });
    },
  });
  return json;
}
