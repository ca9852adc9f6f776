import { expect, test } from "vitest";
import { ObservedCluster, startOrders } from "../../../src/cluster/observe/observed-cluster.ts";
import { ObservedState } from "../../../src/cluster/observe/observed-state.ts";
import { isDetected } from "../../../src/cluster/observe/silences.ts";
import { SimBackend } from "../../../src/cluster/sim-backend.ts";

const NAMES = ["n1", "n2", "n3", "n4"];
const CONFIG = { profile: "local", settings: {} } as const;
const OTHERS = ["n1", "n2", "n3"];
const WITHIN_MS = 20_000;

async function formed(): Promise<ObservedCluster> {
  const backend = new SimBackend({ rngSeed: 1, config: CONFIG });
  const cluster = new ObservedCluster(backend, new ObservedState(NAMES, CONFIG));
  await cluster.start(startOrders(NAMES));
  await cluster.allSee("alive", NAMES, NAMES, WITHIN_MS);
  return cluster;
}

test("all see a killed member dead, and each of them is timed from the kill", async () => {
  const cluster = await formed();
  const killedMs = cluster.nowMs;
  await cluster.end(["n4"], "kill");
  await cluster.allSee("dead", ["n4"], cluster.viewers(), WITHIN_MS);
  const { samples } = cluster.times;
  expect(samples.map(({ viewer }) => viewer).sort()).toEqual(OTHERS);
  const last = Math.max(...samples.map(({ fromMs, tookMs }) => fromMs + tookMs));
  expect(last).toBeLessThanOrEqual(cluster.nowMs);
  expect(samples.map(({ fromMs }) => fromMs)).toEqual(OTHERS.map(() => killedMs));
});

test("a frozen member is seen alive again after it thaws, timed from the thaw", async () => {
  const cluster = await formed();
  await cluster.pause(["n4"]);
  expect(cluster.viewers()).toEqual(OTHERS);
  const knowFrozen = () => OTHERS.every((each) => isDetected(cluster.state.belief(each, "n4")));
  expect(await cluster.until(knowFrozen, WITHIN_MS)).toBe(true);
  await cluster.resume(["n4"]);
  await cluster.allSee("alive", ["n4"], OTHERS, WITHIN_MS);
  expect(cluster.times.took("back")).toHaveLength(OTHERS.length);
  const known = cluster.times.samples.flatMap((sample) => sample.known ?? []);
  expect(known).toEqual(Array(2 * OTHERS.length).fill("frozen"));
});

test("a member that is known frozen, and dead a minute later, is timed once", async () => {
  const cluster = await formed();
  await cluster.pause(["n4"]);
  await cluster.allSee("dead", ["n4"], OTHERS, 120_000);
  expect(cluster.times.took("detect")).toHaveLength(OTHERS.length);
  expect(Math.max(...cluster.times.took("detect"))).toBeLessThan(1000);
  expect(cluster.state.belief("n1", "n4")?.silence).toBe("frozen");
  await cluster.resume(["n4"]);
  await cluster.allSee("alive", ["n4"], OTHERS, WITHIN_MS);
  expect(cluster.times.took("back")).toHaveLength(OTHERS.length);
  expect(cluster.times.falseDeaths).toBe(0);
});

test("views become one after links heal, and that is timed", async () => {
  const cluster = await formed();
  const sides = [
    ["n1", "n2"],
    ["n3", "n4"],
  ] as const;
  const cut = (from: readonly string[], to: readonly string[]) => ({ from, to, drop: 1 });
  await cluster.breakLinks([cut(...sides), cut(sides[1], sides[0])]);
  await cluster.allSee("dead", sides[0], sides[1], WITHIN_MS);
  await cluster.allSee("dead", sides[1], sides[0], WITHIN_MS);
  await cluster.healLinks();
  expect(await cluster.until(() => cluster.state.isConverged, WITHIN_MS)).toBe(true);
  expect(cluster.times.took("heal")).toHaveLength(1);
});

test("a wait that ends in vain names who sees it otherwise", async () => {
  const cluster = await formed();
  await expect(cluster.allSee("dead", ["n3", "nobody"], ["n1"], 100)).rejects.toThrow(
    "n3, nobody should be dead, but n1 sees n3 alive, n1 sees nobody not at all",
  );
});

test("what all see already is not waited for, and the views of others are not asked for", async () => {
  const cluster = await formed();
  await cluster.end(["n4"], "kill");
  const nowMs = cluster.nowMs;
  await cluster.allSee("alive", ["n2"], ["n1"], WITHIN_MS);
  expect(cluster.nowMs).toBe(nowMs);
});

test("a node that starts again believes nothing of before", async () => {
  const cluster = await formed();
  await cluster.end(["n4"], "kill");
  expect(cluster.state.belief("n4", "n1")).toBeUndefined();
  await cluster.start([{ node: "n4", member: "n4", join: ["n1"] }]);
  await cluster.allSee("alive", NAMES, NAMES, WITHIN_MS);
});
