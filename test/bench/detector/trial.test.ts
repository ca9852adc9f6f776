import { describe, expect, test } from "vitest";
import { CANDIDATE_NAMES, PACED } from "../../../src/bench/detector/candidates/candidate.ts";
import { BenchmarkCluster } from "../../../src/bench/detector/trials/benchmark-cluster.ts";
import { FalseDeathTally } from "../../../src/bench/detector/trials/false-deaths.ts";
import type { TrialBench } from "../../../src/bench/detector/trials/measures.ts";
import { runTrial, type Trial } from "../../../src/bench/detector/trials/trial.ts";
import type { Plan } from "../../../src/bench/detector/workloads/plan.ts";

test.each(CANDIDATE_NAMES)(
  "equal trials of %s have equal results, other seeds others",
  (candidate) => {
    const plan: Plan = { kind: "crash", of: "host", victims: 1, loss: 0.2 };
    const trial = trialOf({ candidate, plan });
    expect(runTrial(trial)).toEqual(runTrial(trial));
    expect(runTrial(trial)).not.toEqual(runTrial({ ...trial, rngSeed: 8 }));
  },
);

describe.each(CANDIDATE_NAMES)("%s", (candidate) => {
  test("knows everybody from the beginning, and believes it afterwards", () => {
    const cluster = converged({ candidate, size: 20, rngSeed: 1 });
    expect(cluster.isWhole()).toBe(true);
    cluster.run(10_000);
    expect(cluster.isWhole()).toBe(true);
  });

  test("owes nobody news from the beginning: its datagrams are as large early as late", () => {
    const cluster = converged({ candidate, size: 20, rngSeed: 1 });
    // Lifeguard hands over whole lists as often.
    const forMs = candidate === PACED ? 120_000 : 30_000;
    const early = payloadOf(cluster, forMs);
    const late = payloadOf(cluster, forMs);
    // hearsay's first pings are padded (docs/protocol.md §12, rule 25): 12 %. News that is owed would be 94 %.
    expect(Math.abs(early - late)).toBeLessThan((candidate === "hearsay" ? 0.15 : 0.1) * late);
  });

  test("calls a cut off minority dead, and the sides do not count as false", () => {
    const { times, counts } = runTrial(
      trialOf({ candidate, plan: { kind: "partition", minority: 2, forMs: 60_000 } }),
    );
    expect(times.majority).toHaveLength(1);
    expect(counts.falseDeaths).toBe(0);
  });

  test("meets what it loses on its own links alone", () => {
    const cluster = converged({ candidate, size: 6, rngSeed: 3 });
    cluster.lose("n0", "both", 1);
    cluster.run(60_000);
    for (const viewer of ["n1", "n2", "n3", "n4", "n5"]) {
      expect(cluster.seesDead(viewer, "n0")).toBe(true);
      expect(cluster.seesDead(viewer, viewer === "n1" ? "n2" : "n1")).toBe(false);
    }
  });
});

test("by datagrams alone a freeze of a second is spared, and one of 10 s is a death that is taken back", () => {
  const candidate = "hearsay-udp";
  const spared = runTrial(trialOf({ candidate, plan: { kind: "freeze", forMs: 1000 } }));
  const called = runTrial(trialOf({ candidate, plan: { kind: "freeze", forMs: 10_000 } }));
  expect(spared.counts).toMatchObject({ faulty: 1, faultyDead: 0, returns: 0 });
  expect(called.counts).toMatchObject({ faulty: 1, faultyDead: 1, returns: 7 });
  expect(called.times.frozenToOne).toBeUndefined();
});

describe("with what kernels tell", () => {
  test("a freeze of 5 s is no death: all are told within 2 s that it is a freeze", () => {
    const { times, counts } = runTrial(trialOf({ plan: { kind: "freeze", forMs: 5000 } }));
    expect(counts).toMatchObject({ faulty: 1, faultyDead: 0, falseDeaths: 0, returns: 0 });
    expect(times.frozenToOne?.[0]).toBeLessThan(2000);
    expect(times.frozenToAll?.[0]).toBeLessThan(2000);
  });

  test("a crash of a process is known to all within 50 ms, and by datagrams alone it takes longer", () => {
    const plan: Plan = { kind: "crash", of: "process", victims: 1, loss: 0 };
    expect(runTrial(trialOf({ plan })).times.all?.[0]).toBeLessThan(50);
    const { times } = runTrial(trialOf({ plan, candidate: "hearsay-udp" }));
    expect(times.all?.[0]).toBeGreaterThan(50);
  });

  test("a machine that is paused for 10 s is silent in its kernel, and is a death", () => {
    const { times, counts } = runTrial(trialOf({ plan: { kind: "pause", forMs: 10_000 } }));
    expect(counts).toMatchObject({ faulty: 1, faultyDead: 1, returns: 7 });
    expect(times.frozenToOne).toBeUndefined();
  });

  test("a process that starts again on its host has wires of its own, and its next crash is known as soon", () => {
    const cluster = converged({ candidate: "hearsay", size: 5, rngSeed: 1 });
    cluster.run(3000);
    cluster.kill("n0");
    // Before its kernel has closed all that it had open.
    cluster.start("n0", ["n1"]);
    cluster.run(3000);
    expect(cluster.seesDead("n1", "n0")).toBe(false);
    cluster.kill("n0");
    cluster.run(50);
    for (const viewer of ["n1", "n2", "n3", "n4"]) {
      expect(cluster.seesDead(viewer, "n0")).toBe(true);
    }
  });

  test("loss strikes TCP, too: segments are repeated", () => {
    expect(segmentsOf((cluster) => cluster.loss(0.3))).toBeGreaterThan(segmentsOf(() => {}));
    const one = segmentsOf((cluster) => cluster.lose("n0", "both", 0.3));
    expect(one).toBeGreaterThan(segmentsOf(() => {}));
  });

  test("a member that hears nothing gets no answer of a kernel either", () => {
    const cluster = new BenchmarkCluster({ candidate: "hearsay", size: 6, rngSeed: 3 });
    const frozen: string[] = [];
    cluster.listen({ onFrozen: ({ viewer, member }) => frozen.push(`${viewer} of ${member}`) });
    cluster.startConverged();
    cluster.run(6000);
    cluster.lose("n0", "both", 1);
    cluster.run(10_000);
    expect(cluster.seesDead("n1", "n0")).toBe(true);
    expect(frozen).toEqual([]);
    cluster.lose("n0", "both", 0);
    cluster.run(10_000);
    expect(cluster.isWhole()).toBe(true);
  });
});

test("values of hearsay's config can be another for a trial", () => {
  const plan: Plan = { kind: "crash", of: "host", victims: 1, loss: 0 };
  const known = (graceMs: number) =>
    runTrial(trialOf({ candidate: "hearsay-udp", plan, config: { graceMs } })).times.all?.[0] ??
    Number.NaN;
  expect(known(3000) - known(1000)).toBeCloseTo(2000, -2);
});

test("an anomaly comes again until its time is over, and then the view is whole again", () => {
  const { times, counts } = runTrial(
    trialOf({
      plan: {
        kind: "anomalies",
        members: 2,
        forMs: 25_000,
        anomaly: { fault: "both", share: 1, onMs: 12_000, offMs: 1000, isTogether: true },
      },
    }),
  );
  expect(counts).toMatchObject({ faulty: 2, faultyDead: 2, falseViewsAtHealthy: 0 });
  // Twice dead, so twice back in six healthy views.
  expect(counts.returns).toBe(24);
  expect(times.whole).toHaveLength(1);
});

test("a death counts as false at the healthy only where neither side is under a fault", () => {
  const cluster = new BenchmarkCluster({ candidate: "hearsay", size: 4, rngSeed: 1 });
  const tally = new FalseDeathTally(cluster);
  cluster.startConverged();
  tally.markFaulty("n0");
  // Faulty, so that others dying in its view is its fault, and its dying in theirs is no false death.
  cluster.lose("n0", "egress", 1);
  cluster.run(20_000);
  expect(countsOf(tally)).toMatchObject({ faultyDead: 1, falseViewsAtHealthy: 0 });
});

test("usage counts the running time of the nodes that run", () => {
  const cluster = converged({ candidate: "swim", size: 4, rngSeed: 1 });
  cluster.run(1000);
  cluster.kill("n1");
  cluster.run(1000);
  expect(cluster.usage().nodeMs).toBe(4 * 1000 + 3 * 1000);
});

/** A cluster whose members all know each other. */
function converged(options: ConstructorParameters<typeof BenchmarkCluster>[0]): BenchmarkCluster {
  const cluster = new BenchmarkCluster(options);
  cluster.startConverged();
  return cluster;
}

function trialOf(changes: Partial<Trial> & Pick<Trial, "plan">): Trial {
  return {
    candidate: "hearsay",
    size: 8,
    rngSeed: 7,
    profile: "lan",
    config: {},
    pace: 1,
    ...changes,
  };
}

/** Mean of a datagram: in the first seconds all ask, and then they take turns. */
function payloadOf(cluster: BenchmarkCluster, forMs: number): number {
  const before = cluster.usage();
  cluster.run(forMs);
  const after = cluster.usage();
  const headers = 40 * (after.segments - before.segments);
  return (after.bytes - before.bytes - headers) / (after.datagrams - before.datagrams);
}

/** Sent by kernels in the first seconds, in which the wires open; no spy sends any. */
function segmentsOf(disturb: (cluster: BenchmarkCluster) => void): number {
  const config = { spies: false };
  const cluster = new BenchmarkCluster({ candidate: "hearsay", size: 6, rngSeed: 3, config });
  disturb(cluster);
  cluster.startConverged();
  cluster.run(5000);
  return cluster.usage().segments;
}

function countsOf(tally: FalseDeathTally): Record<string, number> {
  const counts: Record<string, number> = {};
  const bench: Pick<TrialBench, "count"> = {
    count: (name, howMany) => {
      counts[name] = howMany;
    },
  };
  tally.report(bench);
  return counts;
}
