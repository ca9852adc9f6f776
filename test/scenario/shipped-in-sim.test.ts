import { describe, expect, test } from "vitest";
import { parseScenario } from "../../src/scenario/language/define-scenario.ts";
import { SHIPPED, shippedText, simulate, simulateShipped } from "./shipped.ts";

describe("every shipped scenario passes in the simulator", () => {
  test.each(SHIPPED)("%s", async (name) => {
    const { outcome, failure } = await simulateShipped(name);
    expect({ outcome, failure }).toEqual({ outcome: "passed", failure: null });
  });
});

test("the same seed gives the same record to the byte, another one another", async () => {
  const run = async (rngSeed: number) => {
    const scenario = { ...parseScenario(shippedText("lossy-30"), null), rngSeed };
    return JSON.stringify({ ...(await simulate(scenario)), rngSeed: 0 });
  };
  expect(await run(7)).toBe(await run(7));
  expect(await run(7)).not.toBe(await run(8));
});

test.each(SHIPPED)("%s says in its header what it teaches, and can be run as a program", (name) => {
  const [shebang, ...lines] = shippedText(name).split("\n");
  expect(shebang).toBe("#!/usr/bin/env -S hearsay run");
  const header = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("#")),
  );
  expect(header.join(" ").length).toBeGreaterThan(80);
});
