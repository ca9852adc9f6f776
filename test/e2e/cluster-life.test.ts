import { afterAll, expect, test, vi } from "vitest";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { FORMED_MS, localCluster } from "./local-cluster.ts";

// One cluster lives through all of this, in this order: starting five processes is what costs time here.
const NAMES = ["n1", "n2", "n3", "n4", "n5"];
const DEATH_MS = 8_000;
const RETURN_MS = 5_000;
const cluster = localCluster(NAMES);

afterAll(() => cluster.close());

const others = (...names: string[]) => NAMES.filter((other) => !names.includes(other));
const changes = () =>
  cluster.state.events.flatMap(({ node, event }) =>
    event.event === "member-changed" ? [{ viewer: node, ...event }] : [],
  );
const changesTo = (state: string, members: readonly string[]) =>
  changes().filter(({ to, member }) => to === state && members.includes(member));

test("five nodes that know at most one address find each other", async () => {
  await cluster.form(FORMED_MS);
}, 30_000);

test("a killed node is known dead by every survivor, and nobody else is", async () => {
  await cluster.end(["n3"], "kill");
  await cluster.allSee("dead", ["n3"], others("n3"), DEATH_MS);
  expect(changesTo("dead", others("n3"))).toEqual([]);
});

test("a frozen node is doubted by all, called dead by none, and alive again once it thaws", async () => {
  await cluster.pause(["n4"]);
  await cluster.allSee("suspect", ["n4"], others("n3", "n4"), DEATH_MS);
  await cluster.resume(["n4"]);
  await cluster.allSee("alive", ["n4"], others("n3"), RETURN_MS);
  expect(changesTo("dead", ["n4"])).toEqual([]);
});

test("a dead node that starts again at its address is believed by all, with a new incarnation", async () => {
  await cluster.startOne("n3");
  await cluster.allSee("alive", NAMES, NAMES, RETURN_MS);
  const incarnations = changes()
    .filter(({ viewer, member }) => viewer === "n1" && member === "n3")
    .map(({ incarnation }) => incarnation);
  expect(incarnations.at(-1)).toBeGreaterThan(incarnations[0] ?? Number.POSITIVE_INFINITY);
});

test("a node that leaves is never called dead on the way, and ends with exit code 0", async () => {
  await cluster.end(["n5"], "stop");
  await cluster.allSee("left", ["n5"], others("n5"), 3_000);
  expect(cluster.state.process("n5").end).toEqual({ how: "stopped", exitCode: 0 });
  expect(changesTo("dead", ["n5"])).toEqual([]);
});

test("after all that, every node comes to hold the same view", async () => {
  const areEqual = async () => {
    const bodies = await Promise.all(cluster.daemons.map(({ client }) => client.members()));
    return new Set(bodies.map(({ viewDigest }) => viewDigest)).size === 1;
  };
  await vi.waitUntil(areEqual, { timeout: RETURN_MS, interval: 20 });
});

test("ending the cluster leaves no process", async () => {
  const pids = cluster.daemons.map((daemon) => daemon.pid);
  await cluster.close();
  expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
});
