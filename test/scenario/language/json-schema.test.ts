import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { scenarioJsonSchema } from "../../../src/scenario/language/schemas/json-schema.ts";
import { STEPS } from "../../../src/scenario/steps/registry.ts";

const FILE = resolve(import.meta.dirname, "../../../scenarios/scenario.schema.json");

test("the schema that editors read is that of the language", () => {
  const text = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
  const remedy = "npx hearsay validate --schema > scenarios/scenario.schema.json";
  expect(readFileSync(FILE, "utf8"), remedy).toBe(text);
});

test("every verb of a file is in the schema, and nothing is left to be read apart", () => {
  const text = JSON.stringify(scenarioJsonSchema());
  const missing = STEPS.map(({ word }) => word).filter(
    (verb) => verb !== "check" && !text.includes(`"required":["${verb}"`),
  );
  expect(missing).toEqual([]);
  expect(text).not.toMatch(/isSteps|isCondition|isStanding/);
});

test("what several steps share is written once: each reference leads to a definition, and none to itself", () => {
  const { $defs } = scenarioJsonSchema() as { $defs: Record<string, { $ref?: string }> };
  const text = JSON.stringify(scenarioJsonSchema());
  const names = [...text.matchAll(/"\$ref":"#\/\$defs\/(\w+)"/g)].map(([, name]) => name ?? "");
  expect(new Set(names)).toEqual(new Set(Object.keys($defs)));
  expect(Object.values($defs).filter(({ $ref }) => $ref !== undefined)).toEqual([]);
});
