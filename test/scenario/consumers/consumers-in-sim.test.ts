import { describe, expect, test } from "vitest";
import { defineScenario } from "../../../src/scenario/language/define-scenario.ts";
import type { ScenarioSource } from "../../../src/scenario/language/scenario-source.ts";
import type { StepSource } from "../../../src/scenario/steps/registry.ts";
import { simulate } from "../shipped.ts";

const SERVERS = ["b", "c", "d", "e"];
const NAIVE = { at: "a", watches: SERVERS, timeout: "1s" } as const;

/** Four servers, and consumers at a that have all of them. */
function run(consumers: NonNullable<ScenarioSource["consumers"]>, steps: readonly StepSource[]) {
  const whole = Object.keys(consumers).map((name): StepSource => {
    return { await: { pool_of: name, size: 4 }, within: "5s" };
  });
  const scenario = defineScenario({
    name: "test",
    nodes: ["a", ...SERVERS],
    config: { profile: "local" },
    services: { web: { nodes: SERVERS, panic: "50%" } },
    consumers,
    steps: [{ start: "all" }, { await: "converged", within: "5s" }, ...whole, ...steps],
  });
  return simulate(scenario);
}

describe("discovery in virtual time", () => {
  const disc = { at: "a", uses: "web" } as const;

  test("leaves out who crashed", async () => {
    const { failure, consumers } = await run({ disc }, [
      { kill: "b" },
      { await: { pool_of: "disc", out: "b", in: ["c", "d", "e"], panic: false }, within: "2s" },
    ]);
    expect(failure).toBeNull();
    expect(consumers[0]?.figures).toMatchObject({ falseAlarms: 0, crashesUnknown: 0, least: 3 });
  });

  test("gives all in a panic, until it is over", async () => {
    const { failure, consumers } = await run({ disc }, [
      {
        partition: [["a", "b"]],
        for: "5s",
        during: [{ await: { pool_of: "disc", size: 4, panic: true }, within: "4s" }],
      },
      { await: { pool_of: "disc", size: 4, panic: false }, within: "5s" },
    ]);
    expect(failure).toBeNull();
    const { panicMs = 0, least } = consumers[0]?.figures ?? {};
    expect(panicMs).toBeGreaterThan(3000);
    // Doubt takes out one of four within a minute.
    expect(least).toBe(3);
  });

  test("goes by the consumer's own threshold", async () => {
    const { failure } = await run({ hasty: { ...disc, max_phi: 1 }, disc }, [
      { pause: "b" },
      { await: { pool_of: "hasty", out: "b" }, within: "1s" },
      { expect: { pool_of: "disc", in: "b" } },
    ]);
    expect(failure).toBeNull();
  });
});

test("a checker with a timeout drops who only lost the path to it, and discovery does not", async () => {
  const cut: StepSource = {
    bridge: { sides: [["a"], ["c", "d", "e"]], over: "b" },
    for: "4s",
    during: [
      { await: { pool_of: "naive", size: 1, in: "b" }, within: "2s" },
      { expect: { pool_of: "disc", size: 4, panic: false }, hold: "1s" },
    ],
  };
  const { failure, consumers } = await run({ naive: NAIVE, disc: { at: "a", uses: "web" } }, [cut]);
  expect(failure).toBeNull();
  const [naive, disc] = consumers.map(({ figures }) => figures);
  expect(naive).toMatchObject({ falseAlarms: 3, least: 1 });
  expect(disc).toMatchObject({ falseAlarms: 0, wronglyOutMs: 0, least: 4 });
});

test("an expectation that fails tells what was in use", async () => {
  const { failure } = await run({ naive: NAIVE }, [{ expect: { pool_of: "naive", size: 2 } }]);
  expect(failure).toBe("steps[3]: expected naive uses 2; got: naive uses 4: b c d e");
});

test("a consumer whose node ends has nothing, and begins anew with it", async () => {
  const { failure, consumers } = await run({ naive: NAIVE }, [
    { restart: "a", down: "1s" },
    { await: { pool_of: "naive", size: 4 }, within: "5s" },
  ]);
  expect(failure).toBeNull();
  const [killed, started] = [consumers[0]?.pools.findLast(({ fromMs }) => fromMs < 1000), 1000];
  expect(killed?.untilMs).toBeLessThan(started);
});

test("who cannot know a crash in time is later than any other", async () => {
  const patient = { at: "a", watches: SERVERS, timeout: "5s" } as const;
  const { thresholds, failure } = await run(
    {
      quick: { ...NAIVE, thresholds: { crash_known: "< patient" } },
      patient: { ...patient, thresholds: { crash_known: "> quick" } },
      other: { ...patient, thresholds: { crash_known: "<= patient" } },
    },
    [{ pause: "b" }, { wait: "2s" }],
  );
  expect(thresholds.map(({ outcome }) => outcome)).toEqual(["met", "met", "failed"]);
  expect(failure).toBe("threshold other.crash_known <= patient: got not known");
});

test("a node that stood still reads what came meanwhile before a consumer asks it", async () => {
  const { consumers } = await run({ phi: { at: "a", watches: SERVERS, max_phi: 3 } }, [
    { wait: "2s" },
    { stall: "a", for: "3s" },
    { wait: "1s" },
  ]);
  expect(consumers[0]?.figures).toMatchObject({ falseAlarms: 0, least: 4 });
});

test("a node that starts again slowly has dropped nobody", async () => {
  const { consumers } = await run({ naive: NAIVE }, [
    {
      delay: { node: "a", by: "60ms" },
      for: "5s",
      during: [{ restart: "a", down: "1s" }, { wait: "3s" }],
    },
  ]);
  const [{ pools = [], figures } = {}] = consumers;
  expect(pools.map(({ members }) => members.length)).toContain(0);
  expect(figures).toMatchObject({ falseAlarms: 0, wronglyOutMs: 0, least: 4 });
});

test("a threshold compares with a value, or with another consumer", async () => {
  const limited = (limit: string) => ({ ...NAIVE, thresholds: { least: limit } });
  const { thresholds } = await run(
    { few: limited("< 4"), none: limited("<= other"), other: limited("> few") },
    [],
  );
  expect(thresholds.map(({ figure, outcome }) => [figure, outcome])).toEqual([
    ["few.least", "failed"],
    ["none.least", "met"],
    ["other.least", "failed"],
  ]);
});

test("a check of a program's own sees what a consumer uses", async () => {
  const seen: string[] = [];
  const check: StepSource = {
    check: (view) => {
      seen.push(...(view.pool("naive")?.members ?? []));
      return undefined;
    },
  };
  await run({ naive: NAIVE }, [check]);
  expect(new Set(seen)).toEqual(new Set(SERVERS));
});
