import { describe, expect, test } from "vitest";
import type { Observation } from "../../src/cluster/cluster.ts";
import { SimBackend } from "../../src/cluster/sim-backend.ts";
import { defineScenario } from "../../src/scenario/language/define-scenario.ts";
import type { ScenarioSource } from "../../src/scenario/language/scenario-source.ts";
import { SILENT } from "../../src/scenario/run/run-progress.ts";
import { runScenario } from "../../src/scenario/run/run-scenario.ts";
import type { StepSource } from "../../src/scenario/steps/registry.ts";
import { FOUR, runOfFour, SLOW, simulate, TOGETHER } from "./shipped.ts";

/** UDP alone, whose rules call a frozen process dead. */
const UDP_ALONE = { ...FOUR.config, wires: false, spies: false } as const;
const UNWATCHED = { file: null, replay: "", startedAt: null } as const;

describe("a failed expectation", () => {
  const failed = () => runOfFour([{ kill: "c" }, { expect: { see: { c: "dead" } } }]);

  test("tells what was expected and what was the case, with its place", async () => {
    const { outcome, failure } = await failed();
    expect(outcome).toBe("failed");
    expect(failure).toBe("steps[3]: expected c dead; got: a sees c alive");
  });

  test("tells who saw what at that moment, and the last ten events", async () => {
    const { expectations } = await failed();
    const detail = expectations.at(-1)?.failure;
    expect(detail?.matrix).toEqual({
      viewers: ["a", "b", "d"],
      members: ["a", "b", "c", "d"],
      states: Array(3).fill(["alive", "alive", "alive", "alive"]),
    });
    expect(detail?.lastEvents).toHaveLength(10);
  });

  test("lets the run go on, a failed await does not", async () => {
    const expected = await runOfFour([{ expect: { see: { c: "dead" } } }, { mark: "after" }]);
    expect(expected.marks).toHaveLength(1);
    const awaited = await runOfFour([
      { await: { see: { c: "dead" } }, within: "1s" },
      { mark: "after" },
    ]);
    expect(awaited.marks).toHaveLength(0);
    expect(awaited.steps.at(-1)?.outcome).toBe("failed");
  });
});

describe("claims of one world", () => {
  const suspected = [
    { pause: "c", for: "450ms" },
    { await: "converged", within: "5s" },
  ] as const;
  const claims = { always: [{ never: { suspect: "c" } }], thresholds: { suspicions: "<= 0" } };

  test("are judged there", async () => {
    const { outcome, thresholds, expectations } = await runOfFour(suspected, { sim: claims });
    expect(outcome).toBe("failed");
    expect(thresholds).toMatchObject([{ figure: "suspicions", outcome: "failed" }]);
    expect(expectations.find(({ verb }) => verb === "never")?.outcome).toBe("failed");
  });

  test("and not in the other", async () => {
    const { outcome, thresholds } = await runOfFour(suspected, { real: claims });
    expect({ outcome, thresholds }).toEqual({ outcome: "passed", thresholds: [] });
  });
});

test("a state that lasts for a moment is seen by whoever stands guard", async () => {
  const { expectations, beliefs } = await runOfFour([
    { never: { suspect: "c" } },
    { pause: "c", for: "450ms" },
    { await: "converged", within: "5s" },
  ]);
  const suspected = beliefs.filter(({ to, member }) => to === "suspect" && member === "c");
  expect(suspected.length).toBeGreaterThan(0);
  const never = expectations.find(({ verb }) => verb === "never");
  expect(never?.outcome).toBe("failed");
});

test("what stands during a fault stands until the fault ends", async () => {
  const { expectations } = await runOfFour([
    { partition: [["a", "b"]], for: "10s", during: [{ never: { dead: "anyone" } }] },
    { await: "converged", within: "5s" },
  ]);
  const never = expectations.find(({ verb }) => verb === "never");
  expect(never?.outcome).toBe("failed");
});

/** Tells what happened a moment after it did, as the streams of real daemons do. */
class LateCluster extends SimBackend {
  private untold: Observation[] = [];

  override async advance(untilMs: number): Promise<void> {
    await this.settle();
    const tell = this.listener;
    this.listener = (observation) => this.untold.push(observation);
    await super.advance(untilMs);
    this.listener = tell;
  }

  override async settle(): Promise<void> {
    for (const observation of this.untold.splice(0)) this.listener(observation);
  }
}

test("a death in the last moment of a block counts, although it is told a moment later", async () => {
  const frozenFor = (wait: string) => {
    const frozen: StepSource[] = [{ never: { dead: "c" } }, { pause: "c" }, { wait }];
    const steps: StepSource[] = [...TOGETHER, { section: "frozen", steps: frozen }];
    const scenario = defineScenario({ ...FOUR, config: UDP_ALONE, steps });
    return runScenario(scenario, { ...UNWATCHED, cluster: new LateCluster(scenario) });
  };
  const { beliefs, steps } = await frozenFor("10s");
  const pausedMs = steps.find(({ verb }) => verb === "pause")?.untilMs ?? 0;
  const diedMs = beliefs.find(({ to }) => to === "dead")?.atMs ?? 0;
  const { failure } = await frozenFor(`${Math.ceil(diedMs - pausedMs)}ms`);
  expect(failure).toMatch(/never c dead, seen by anyone; got: . sees c dead/);
});

/** Is not run for a moment after it has waited, as on a busy machine: a clock read twice differs. */
class HeldUpCluster extends SimBackend {
  private isWaiting = false;
  private reads = 0;

  override get nowMs(): number {
    return super.nowMs + (this.isWaiting || this.reads++ === 0 ? 0 : 2);
  }

  override async advance(untilMs: number): Promise<void> {
    this.isWaiting = true;
    await super.advance(untilMs - 1);
    this.isWaiting = false;
    this.reads = 0;
  }
}

test("what held for as long as it must is met, although nobody looked in its last moment", async () => {
  const held: StepSource = { expect: { see: { c: "alive" } }, hold: "1s" };
  const scenario = defineScenario({ ...FOUR, steps: [...TOGETHER, held] });
  const cluster = new HeldUpCluster(scenario);
  expect((await runScenario(scenario, { ...UNWATCHED, cluster })).failure).toBeNull();
});

test("a death counts as explained or not by what was so when it was declared", async () => {
  const always: ScenarioSource["always"] = [{ never: { dead: "anyone", seen_by: "same_side" } }];
  const frozen: StepSource[] = [{ pause: "c" }, { await: { detected: "c" }, within: "5s" }];
  const kept: StepSource[] = [SLOW, { resume: "c" }, { wait: "10s" }];
  const dead: StepSource = { expect: { see: { c: "dead" }, viewers: "a" } };
  const ofUdp = { always, config: UDP_ALONE };
  expect((await runOfFour([...frozen, ...kept, dead], ofUdp)).failure).toBeNull();
  expect((await runOfFour([SLOW, { wait: "20s" }, dead], ofUdp)).failure).toMatch(/same side/);
});

test("what must hold is broken by one look at it", async () => {
  const viewers = ["a", "b", "d"];
  const { failure } = await runOfFour([
    { isolate: "c" },
    { expect: { see: { c: ["alive", "suspect"] }, viewers }, hold: "3s" },
  ]);
  expect(failure).toMatch(
    /^steps\[3\]: expected a b d see c alive or suspect, for 3 s; got: . sees c dead/,
  );
});

test("members on one side of a partition may not be dead to each other, those on two may", async () => {
  const { outcome, figures } = await runOfFour(
    [
      { partition: [["a", "b"]], for: "5s" },
      { await: "converged", within: "5s" },
    ],
    { always: [{ never: { dead: "anyone", seen_by: "same_side" } }] },
  );
  expect(outcome).toBe("passed");
  expect(figures.detect.count).toBe(8);
  expect(figures.back.count).toBe(8);
  expect(figures.heal.count).toBe(1);
});

test("events must have happened in the order in which they are written", async () => {
  const suspected = { node: "a", event: "member-changed", member: "c", to: "suspect" };
  const dead = { ...suspected, to: "dead" };
  const expecting = (events: (typeof dead)[]) =>
    runOfFour([{ kill: "c" }, { await: { detected: "c" }, within: "3s" }, { expect: { events } }]);
  expect((await expecting([suspected, dead])).outcome).toBe("passed");
  expect((await expecting([dead, suspected])).failure).toMatch(
    /got: no event by a: member-changed member c to suspect/,
  );
});

test("a refuted suspicion raises the incarnation", async () => {
  const { outcome } = await runOfFour([
    { mark: "before" },
    { pause: "c", for: "450ms" },
    { await: { incarnation_rises: "c", since: "before" }, within: "2s" },
  ]);
  expect(outcome).toBe("passed");
});

test("traffic is measured while it is held", async () => {
  const rate = (text: string) => runOfFour([{ expect: { traffic_below: text }, hold: "5s" }]);
  expect((await rate("20 KiB/s")).outcome).toBe("passed");
  expect((await rate("10 B/s")).failure).toMatch(/got: . sent \d+ B\/s/);
});

test("a threshold without anything to measure is not met", async () => {
  const { failure } = await runOfFour([], { thresholds: { "detect.p95": "< 4s" } });
  expect(failure).toBe("threshold detect.p95 < 4s: got nothing to measure");
});

test("a process that ends by itself fails the run, unless somebody expects it", async () => {
  const twin = { nodes: ["a", "b", "c", "d", "twin"] };
  const begin: StepSource[] = [
    { start: ["a", "b", "c", "d"] },
    { await: { converged: ["a", "b", "c", "d"] }, within: "5s" },
    { start: "twin", as: "c", join: "a" },
  ];
  const source = { name: "test", ...twin, config: { profile: "local" as const } };
  const silent = await simulate(defineScenario({ ...source, steps: [...begin, { wait: "5s" }] }));
  expect(silent.failure).toBe("twin ended unexpectedly (exit code 2)");
  const ended: StepSource = { await: { ended: "twin", exit_code: 2 }, within: "5s" };
  expect((await simulate(defineScenario({ ...source, steps: [...begin, ended] }))).outcome).toBe(
    "passed",
  );
});

test("a run that takes longer than its limit ends there", async () => {
  const never: StepSource = { expect: { see: { c: "dead" } }, within: "5s" };
  const { durationMs, marks, failure } = await runOfFour([never, never, { mark: "after" }], {
    limit: "6s",
  });
  expect(failure).toMatch(/^steps\[2\]: expected c dead within 5 s/);
  expect(marks).toEqual([]);
  expect(durationMs).toBe(6000);
});

test("an interrupted run ends at once, and its record says so", async () => {
  const scenario = defineScenario({
    name: "test",
    nodes: 3,
    steps: [{ start: "all" }, { wait: "2s" }, { log: "now" }, { wait: "50s" }],
    always: [{ traffic_below: "1 B/s" }],
  });
  const interruption = new AbortController();
  const progress = { ...SILENT, said: () => interruption.abort() };
  const cluster = new SimBackend(scenario);
  const { signal } = interruption;
  const options = { ...UNWATCHED, cluster, signal, progress };
  const { outcome, durationMs, steps, expectations } = await runScenario(scenario, options);
  expect(outcome).toBe("interrupted");
  expect(durationMs).toBe(2000);
  expect(steps.at(-1)?.outcome).toBe("interrupted");
  expect(expectations.map((each) => each.outcome)).toEqual(["open"]);
});

test("a check of a program's own is asked at every event", async () => {
  const seen = new Set<string>();
  const { outcome } = await runOfFour([
    { kill: "c" },
    {
      check: (view) => {
        seen.add(view.belief("a", "c")?.state ?? "unknown");
        return view.belief("a", "c")?.state === "dead" ? undefined : "a does not hold c dead";
      },
      within: "3s",
    },
  ]);
  expect(outcome).toBe("passed");
  expect([...seen]).toEqual(["alive", "suspect", "dead"]);
});

test("spans of nodes and faults cover what happened", async () => {
  const { nodes, faults } = await runOfFour([
    { pause: "c", for: "1s" },
    { stall: "b", for: "500ms" },
    { kill: "d" },
  ]);
  const spans = (name: string) => nodes.find((node) => node.name === name)?.spans ?? [];
  const told = (name: string) => spans(name).map(({ state, endedBy }) => `${state} ${endedBy}`);
  expect(told("c")).toEqual(["running paused", "paused resumed", "running run-over"]);
  expect(told("b")).toEqual(["running stalled", "stalled resumed", "running run-over"]);
  expect(told("d")).toEqual(["running killed"]);
  expect(faults.map(({ verb, label }) => [verb, label])).toEqual([
    ["pause", "pause c for 1s"],
    ["stall", "stall b for 500ms"],
  ]);
});

describe("a suspended machine", () => {
  test("is silent in its kernel too, which a paused process is not", async () => {
    const known = (silence: "frozen" | "unreachable"): StepSource => ({
      await: { silence: { c: silence } },
      within: "3s",
    });
    const outcome = async (...steps: readonly StepSource[]) => (await runOfFour(steps)).outcome;
    expect(await outcome({ suspend: "c" }, known("unreachable"))).toBe("passed");
    expect(await outcome({ pause: "c" }, known("frozen"))).toBe("passed");
    expect(await outcome({ suspend: "c" }, known("frozen"))).toBe("failed");
  });

  test("goes on with `resume`, or when a process starts on it", async () => {
    const alive: StepSource = { await: "converged", within: "3s" };
    const resumed = await runOfFour([{ suspend: "c" }, { wait: "5s" }, { resume: "c" }, alive]);
    expect(resumed.failure).toBeNull();
    const started = await runOfFour([{ suspend: "c" }, { wait: "5s" }, { restart: "c" }, alive]);
    expect(started.failure).toBeNull();
  });
});
