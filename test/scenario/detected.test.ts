import { expect, test } from "vitest";
import type { StepSource } from "../../src/scenario/steps/registry.ts";
import { runOfFour, SLOW } from "./shipped.ts";

test.each(["pause", "isolate"] as const)(
  "detected within counts from the cause, not from the step: %s",
  async (verb) => {
    const cause: StepSource = verb === "pause" ? { pause: "c" } : { isolate: "c" };
    const expecting = (within: string) =>
      runOfFour([
        cause,
        { wait: "3s" },
        { expect: { detected: "c", viewers: ["a", "b", "d"] }, within },
      ]);
    expect((await expecting("100ms")).failure).toMatch(/held, but too late/);
    expect((await expecting("3100ms")).outcome).toBe("passed");
  },
);

test("a frozen member is detected and back without a death, by the figures, too", async () => {
  const { outcome, figures, expectations } = await runOfFour([
    { pause: "c" },
    { await: { detected: "c" }, within: "600ms" },
    { expect: { silence: { c: "frozen" } }, hold: "20s" },
    { expect: { silence: { c: ["crashed", "unreachable"] } } },
    { resume: "c" },
    { await: { back: "c" }, within: "100ms" },
    { never: { dead: "c" } },
  ]);
  expect(outcome).toBe("failed");
  const failed = expectations.filter((each) => each.outcome === "failed");
  expect(failed.map(({ label, got }) => [label, got])).toEqual([
    ["silence: c crashed or unreachable", "a sees c suspect (frozen)"],
  ]);
  expect(figures).toMatchObject({ detect: { count: 3 }, back: { count: 3 }, falseDeaths: 0 });
});

test("the kind of a death is that of its verdict", async () => {
  const seenAs = (cause: StepSource, kind: "crashed" | "unreachable") =>
    runOfFour([cause, { await: { silence: { c: kind }, viewers: ["a", "b", "d"] }, within: "3s" }]);
  expect((await seenAs({ kill: "c" }, "crashed")).failure).toBeNull();
  expect((await seenAs({ isolate: "c" }, "unreachable")).failure).toBeNull();
});

test("detected within counts from the step where no fault can be its cause", async () => {
  const detected: StepSource = { await: { detected: "c" }, within: "20s" };
  const fresh = await runOfFour([{ wait: "30s" }, SLOW, detected]);
  expect(fresh.failure).toBeNull();
  const long = await runOfFour([{ pause: "c", for: "200ms" }, { wait: "30s" }, SLOW, detected]);
  expect(long.failure).toBeNull();
});

test("back within counts from the step where no return can be its cause", async () => {
  const slow: StepSource = {
    await: { see: { c: "dead" }, viewers: ["a", "b", "d"] },
    within: "20s",
  };
  const steps: StepSource[] = [
    { wait: "30s" },
    SLOW,
    slow,
    { heal: "all" },
    { await: { back: "c" }, within: "40s" },
  ];
  const fresh = await runOfFour(steps);
  expect(fresh.failure).toBeNull();
  expect(fresh.figures.back.count).toBe(0);
  const long = await runOfFour([{ isolate: "c", for: "5s" }, ...steps]);
  expect(long.failure).toBeNull();
  expect(long.figures.back.max).toBeLessThan(30_000);
});
