import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { connectControl } from "../../src/control/client.ts";
import { LocalCluster, type SeenChange } from "./local-cluster.ts";
import { ENTRY } from "./run-hearsay.ts";

// One cluster lives through all of this, in this order: starting five processes is what costs time here.
const NAMES = ["n1", "n2", "n3", "n4", "n5"];
const DEATH_MS = 8_000;
const RETURN_MS = 5_000;
const changes: SeenChange[] = [];
let cluster: LocalCluster;

beforeAll(async () => {
  cluster = new LocalCluster({ entry: ENTRY });
  cluster.onChange((seen) => changes.push(seen));
  await cluster.start("n1");
  await Promise.all(NAMES.slice(1).map((name) => cluster.start(name)));
}, 30_000);

afterAll(() => cluster.endAll());

const others = (...names: string[]) => NAMES.filter((other) => !names.includes(other));
const changesTo = (state: string, members: readonly string[]) =>
  changes.filter(({ change }) => change.to === state && members.includes(change.member));

test("five nodes that know at most one address find each other", async () => {
  await cluster.allSee("alive", NAMES, NAMES, 10_000);
});

test("a killed node is known dead by every survivor, and nobody else is", async () => {
  cluster.daemon("n3").signal("SIGKILL");
  await cluster.allSee("dead", ["n3"], others("n3"), DEATH_MS);
  expect(changesTo("dead", others("n3"))).toEqual([]);
});

test("a frozen node is doubted by all, called dead by none, and alive again once it thaws", async () => {
  cluster.daemon("n4").freeze();
  await cluster.allSee("suspect", ["n4"], others("n3", "n4"), DEATH_MS);
  cluster.daemon("n4").thaw();
  await cluster.allSee("alive", ["n4"], others("n3"), RETURN_MS);
  expect(changesTo("dead", ["n4"])).toEqual([]);
});

test("a dead node that starts again at its address is believed by all, with a new incarnation", async () => {
  await cluster.start("n3");
  await cluster.allSee("alive", NAMES, NAMES, RETURN_MS);
  const incarnations = changes
    .filter(({ viewer, change }) => viewer === "n1" && change.member === "n3")
    .map(({ change }) => change.incarnation);
  expect(incarnations.at(-1)).toBeGreaterThan(incarnations[0] ?? Number.POSITIVE_INFINITY);
});

test("a node that leaves is never called dead on the way, and ends with exit code 0", async () => {
  cluster.daemon("n5").signal("SIGTERM");
  await cluster.allSee("left", ["n5"], others("n5"), 3_000);
  expect(await cluster.daemon("n5").ended).toEqual({ exitCode: 0, signal: null });
  expect(changesTo("dead", ["n5"])).toEqual([]);
});

test("after all that, every node comes to hold the same view", async () => {
  const clients = others("n5").map((name) =>
    connectControl(`http://${cluster.daemon(name).bound?.api}`),
  );
  const areEqual = async () => {
    const bodies = await Promise.all(clients.map((client) => client.members()));
    return new Set(bodies.map(({ viewDigest }) => viewDigest)).size === 1;
  };
  await vi.waitUntil(areEqual, { timeout: RETURN_MS, interval: 20 });
  for (const client of clients) client.close();
});

test("ending the cluster leaves no process", async () => {
  const pids = cluster.daemons.map((daemon) => daemon.pid);
  await cluster.endAll();
  expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
});
