import { describe, expect, test } from "vitest";
import {
  type BaselineUpdate,
  messageBytes,
} from "../../../src/bench/detector/baselines/baseline-message.ts";
import { pushPullPauseMs } from "../../../src/bench/detector/baselines/lifeguard/lifeguard-config.ts";
import { MemberList } from "../../../src/bench/detector/baselines/member-list.ts";
import { NodeTimers } from "../../../src/bench/detector/baselines/node-timers.ts";
import { TransmitQueue } from "../../../src/bench/detector/baselines/transmit-queue.ts";
import type { CandidateName } from "../../../src/bench/detector/candidates/candidate.ts";
import { runTrial, type TrialResult } from "../../../src/bench/detector/trials/trial.ts";
import type { Plan } from "../../../src/bench/detector/workloads/plan.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import { lifeguardTimeoutMs, suspicionTimeoutMs } from "../../../src/pool/core/pool-timer.ts";
import { EventHeap } from "../../../src/sim/event-heap.ts";
import { VirtualClock } from "../../../src/sim/virtual-clock.ts";
import { quantile } from "../../../src/text/quantiles.ts";

/** Serf 0.9.4 on loopback, lan profile: SIGKILL until the last survivor knows, median. */
const SERF_SECONDS = [
  [5, 6.1],
  [10, 5.9],
  [30, 8.2],
] as const;
const CRASHES_EACH = 41;

test.each(SERF_SECONDS)(
  "at n = %i the memberlist baseline is as slow as Serf, within 15 %",
  (size, serfS) => {
    const allKnowMs = seeds(CRASHES_EACH).flatMap(
      (rngSeed) => run("lifeguard", size, crash("process"), rngSeed).times.all ?? [],
    );
    expect(allKnowMs).toHaveLength(CRASHES_EACH);
    const medianS = quantile(allKnowMs, 0.5) / 1000;
    expect(medianS).toBeGreaterThan(0.85 * serfS);
    expect(medianS).toBeLessThan(1.15 * serfS);
  },
);

describe.each(["swim", "lifeguard"] as const)("%s", (candidate) => {
  test("a silent host is known to all, and nobody else is called dead", () => {
    const { times, counts } = run(candidate, 12, crash("host"));
    expect(times.all).toHaveLength(1);
    expect(counts.falseDeaths).toBe(0);
  });

  test("a freeze shorter than the suspicion is refuted", () => {
    expect(run(candidate, 8, { kind: "freeze", forMs: 2000 }).counts.faultyDead).toBe(0);
  });

  test("a freeze much longer than the suspicion is a death, and the member returns", () => {
    const { counts } = run(candidate, 8, { kind: "freeze", forMs: 30_000 });
    expect(counts.faultyDead).toBe(1);
    expect(counts.returns).toBeGreaterThan(0);
  });

  test("an idle node sends a ping and an ack a second", () => {
    const { datagrams, nodeMs } = run(candidate, 16, { kind: "calm", loss: 0, forMs: 20_000 });
    expect(datagrams / (nodeMs / 1000)).toBeCloseTo(2, 0);
  });

  test("members that start at once all find each other through one seed", () => {
    expect(run(candidate, 16, { kind: "join-burst" }).times.joined).toHaveLength(1);
  });

  test("a restarted member is present again in every view", () => {
    const { times, counts } = run(candidate, 6, { kind: "rolling-restart", downMs: 1000 });
    expect(times.back).toHaveLength(6);
    expect(counts.missed ?? 0).toBe(0);
  });
});

test("Lifeguard keeps more of the living than plain SWIM does at 30 % loss", () => {
  const calm = { kind: "calm", loss: 0.3, forMs: 60_000 } as const;
  const plain = run("swim", 32, calm).counts.falseDeaths ?? 0;
  expect(plain).toBeGreaterThan(0);
  expect(run("lifeguard", 32, calm).counts.falseDeaths).toBeLessThan(plain);
});

describe("memberlist's formulas", () => {
  test("the suspicion timeout is mult · max(1, log10 n) · T", () => {
    expect(suspicionTimeoutMs(4, 5, 1000)).toBe(4000);
    expect(suspicionTimeoutMs(4, 100, 1000)).toBe(8000);
  });

  test("confirmations bring the timeout from its maximum to its minimum by their logarithm", () => {
    const bounds = { minMs: 4000, maxMs: 24_000, confirmationsWanted: 2 };
    expect(lifeguardTimeoutMs(bounds, 0)).toBe(24_000);
    expect(lifeguardTimeoutMs(bounds, 1)).toBeCloseTo(11_381, 0);
    expect(lifeguardTimeoutMs(bounds, 2)).toBe(4000);
  });

  test("where too few could confirm, the timeout is the minimum at once", () => {
    expect(lifeguardTimeoutMs({ minMs: 4000, maxMs: 24_000, confirmationsWanted: 0 }, 0)).toBe(
      4000,
    );
  });

  test("push/pull pauses double at 33 members and triple at 65", () => {
    expect([32, 33, 64, 65].map((n) => pushPullPauseMs(30, n))).toEqual([30, 60, 60, 90]);
  });

  test("an update is sent retransmitMult · ⌈log10(n+1)⌉ times", () => {
    const queue = new TransmitQueue(4, () => 30);
    queue.add("a", suspect("a"));
    const rounds = Array.from({ length: 12 }, () => queue.take(1000).length);
    expect(rounds).toEqual([...Array(8).fill(1), ...Array(4).fill(0)]);
  });

  test("a newer update replaces the older one of its key", () => {
    const queue = new TransmitQueue(4, () => 30);
    queue.add("a", suspect("a", "x"));
    queue.add("a", suspect("a", "y"));
    expect(queue.take(1000)).toEqual([suspect("a", "y")]);
  });

  test("what was sent least goes first where not all fits", () => {
    const queue = new TransmitQueue(4, () => 30);
    queue.add("a", suspect("a"));
    queue.take(1000);
    queue.add("b", suspect("b"));
    expect(queue.take(40)).toEqual([suspect("b")]);
  });
});

test("each pass over the list probes every other member once", () => {
  const list = new MemberList(seededRng([1, 2, 3, 4]));
  const names = ["self", "a", "b", "c", "d"];
  const endpoint = { host: "10.0.0.1", port: 1 };
  list.addAll(
    names.map((name) => ({ name, endpoint, incarnation: 1, state: "alive", sinceMs: 0 })),
  );
  const probed = Array.from(
    { length: 4 },
    () => list.nextToProbe(({ name }) => name !== "self", 0, 0)?.name,
  );
  expect(probed.toSorted()).toEqual(["a", "b", "c", "d"]);
});

test("the timers of a process that stood still fire in the order of their times", () => {
  const heap = new EventHeap();
  const clock = new VirtualClock(heap);
  const timers = new NodeTimers(clock);
  const fired: string[] = [];
  timers.after(30, () => fired.push("late"));
  timers.after(10, () => fired.push("early"));
  timers.after(20, () => fired.push("cancelled")).cancel();
  clock.freeze();
  heap.runUntil(100);
  expect(fired).toEqual([]);
  clock.thaw();
  heap.runUntil(101);
  expect(fired).toEqual(["early", "late"]);
});

test("a compound message costs its parts, their lengths and two headers", () => {
  const ack = { kind: "ack", seq: 1 } as const;
  const alone = messageBytes({ from: "n1", body: ack, updates: [] });
  const update = suspect("n2");
  const both = messageBytes({ from: "n1", body: ack, updates: [update] });
  expect(alone).toBe(5 + 22);
  expect(both).toBe(alone + 2 + 2 * 2 + (31 + 2 + 1));
});

function suspect(member: string, from = "x"): BaselineUpdate {
  return { kind: "suspect", member, incarnation: 1, from };
}

function crash(of: "process" | "host"): Plan {
  return { kind: "crash", of, victims: 1, loss: 0 };
}

function run(candidate: CandidateName, size: number, plan: Plan, rngSeed = 1): TrialResult {
  return runTrial({ candidate, size, plan, rngSeed, profile: "lan", config: {}, pace: 1 });
}

function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
