import { expect, test } from "vitest";
import { SimNodeReader } from "../../src/cluster/sim-node-reader.ts";
import { plainService } from "../../src/core/member.ts";
import { SimCluster } from "../../src/sim/sim-cluster.ts";

const NAMES = ["a", "b", "c", "d", "e"];
const STEP_MS = 25;

test("frozen endpoints are out for all while their members are only suspect, and in again when they thaw", async () => {
  const cluster = new SimCluster({ rngSeed: 1 });
  cluster.startConverged(NAMES);
  for (const name of NAMES) {
    const services = [plainService("web", 8080)];
    cluster.submit(name, { kind: "advertise", tags: {}, services });
  }
  cluster.run(20_000);
  const reader = new SimNodeReader(cluster, "a", { panic: undefined, isAwake: () => true });
  const given = async (maxPhi: number | null) =>
    (await reader.service({ service: "web", maxPhi }))?.members;
  /** After how long the answer is this one. */
  const until = async (members: readonly string[], maxPhi: number | null) => {
    const fromMs = cluster.nowMs;
    while (String(await given(maxPhi)) !== String(members)) {
      if (cluster.nowMs - fromMs > 5000) return undefined;
      cluster.run(STEP_MS);
    }
    return cluster.nowMs - fromMs;
  };
  expect(await given(null)).toEqual(NAMES);
  // Doubt may take out only one of five within a minute.
  const others = ["a", "b", "c"];

  for (const name of ["d", "e"]) cluster.freeze(name);
  expect(await until(others, 1)).toBeLessThan(1500);
  expect(await until(others, null)).toBeLessThan(500);
  cluster.run(20_000);
  expect([await given(null), await given(100)]).toEqual([others, others]);
  expect(cluster.view("a")).toMatchObject({ d: "suspect", e: "suspect" });

  for (const name of ["d", "e"]) cluster.thaw(name);
  expect(await until(NAMES, null)).toBeLessThan(200);
});
