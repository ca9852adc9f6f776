import { expect, test } from "vitest";
import { ObservedCluster, startOrders } from "../../../src/cluster/observe/observed-cluster.ts";
import { ObservedState } from "../../../src/cluster/observe/observed-state.ts";
import { describeSamples, Stopwatch } from "../../../src/cluster/observe/stopwatch.ts";
import { SimBackend } from "../../../src/cluster/sim-backend.ts";

const NAMES = ["n1", "n2", "n3", "n4"];
const CONFIG = { profile: "local", settings: {} } as const;
const OTHERS = ["n1", "n2", "n3"];
const WITHIN_MS = 20_000;

async function timedCluster() {
  const backend = new SimBackend({ rngSeed: 1, config: CONFIG });
  const cluster = new ObservedCluster(backend, new ObservedState(NAMES, CONFIG));
  await cluster.start(startOrders(NAMES));
  await cluster.allSee("alive", NAMES, NAMES, WITHIN_MS);
  return { cluster, stopwatch: new Stopwatch(cluster) };
}

test("a kill is read as it becomes known, until all know it", async () => {
  const { cluster, stopwatch } = await timedCluster();
  const readings: string[] = [];
  stopwatch.time("n4 killed", "detect", "n4", (text) => readings.push(text));
  await cluster.end(["n4"], "kill");
  await cluster.allSee("dead", ["n4"], OTHERS, WITHIN_MS);
  const took = [...cluster.times.took("detect")].sort((a, b) => a - b).map(Math.round);
  const first = cluster.times.samples[0]?.viewer;
  expect(readings).toEqual([
    `n4 killed; ${first} knew after ${took[0]} ms, 1 of 3 so far`,
    `n4 killed; ${first} knew after ${took[0]} ms, 2 of 3 so far`,
    `n4 killed; ${first} knew after ${took[0]} ms, all 3 after ${took[2]} ms`,
  ]);
});

test("the next deed ends the reading of the one before, whose times are not counted again", async () => {
  const { cluster, stopwatch } = await timedCluster();
  const [frozen, thawed]: string[][] = [[], []];
  stopwatch.time("n4 frozen", "detect", "n4", (text) => frozen?.push(text));
  await cluster.pause(["n4"]);
  expect(await cluster.until(() => frozen?.length === 3, WITHIN_MS)).toBe(true);
  stopwatch.time("n4 thawed", "back", "n4", (text) => thawed?.push(text));
  await cluster.resume(["n4"]);
  await cluster.allSee("alive", ["n4"], OTHERS, WITHIN_MS);
  expect(frozen).toHaveLength(3);
  expect(thawed?.at(-1)).toMatch(/^n4 thawed; n\d saw it after \d+ ms, all 3 after \d+ ms$/);
});

test("what was known of an earlier deed, and of another member, is not part of a reading", async () => {
  const { cluster, stopwatch } = await timedCluster();
  const freeze = async (name: string) => {
    const readings: string[] = [];
    stopwatch.time(`${name} frozen`, "detect", name, (text) => readings.push(text));
    await cluster.pause([name]);
    return readings;
  };
  const first = await freeze("n4");
  expect(await cluster.until(() => first.length === 3, WITHIN_MS)).toBe(true);
  await cluster.resume(["n4"]);
  await cluster.allSee("alive", ["n4"], OTHERS, WITHIN_MS);
  const second = await freeze("n4");
  expect(await cluster.until(() => second.length === 3, WITHIN_MS)).toBe(true);
  expect(second[0]).toContain("1 of 3 so far");
  await cluster.resume(["n4"]);
  await cluster.allSee("alive", ["n4"], OTHERS, WITHIN_MS);
  const third = await freeze("n4");
  await cluster.end(["n3"], "kill");
  expect(await cluster.until(() => third.length === 2, WITHIN_MS)).toBe(true);
  await cluster.allSee("dead", ["n3"], ["n1", "n2"], WITHIN_MS);
  await cluster.until(() => false, 3000);
  expect(third.at(-1)).toMatch(/^n4 frozen; n\d knew after \d+ ms, all 2 after \d+ ms$/);
  expect(third).toHaveLength(2);
});

test("a leave is timed from the request", async () => {
  const { cluster, stopwatch } = await timedCluster();
  let reading = "";
  stopwatch.time("n4 left", "leave", "n4", (text) => {
    reading = text;
  });
  await cluster.end(["n4"], "leave");
  await cluster.allSee("left", ["n4"], OTHERS, WITHIN_MS);
  expect(reading).toMatch(/^n4 left; n\d knew after \d+ ms, all 3 after \d+ ms$/);
});

test("one viewer alone is not called all", () => {
  const sample = { viewer: "n1", member: "n2", tookMs: 111.6 };
  expect(describeSamples([sample], "detect", 1)).toBe("n1 knew after 112 ms");
});
