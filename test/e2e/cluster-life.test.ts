import { afterEach, expect, test } from "vitest";
import { DemoCluster, type SeenChange } from "../../cli/demo/demo-cluster.ts";
import { identifyProcess } from "../../cli/local/process-identity.ts";
import { connectControl } from "../../src/control/client.ts";
import { ENTRY } from "./run-hearsay.ts";

const NAMES = ["n1", "n2", "n3", "n4", "n5"];
let cluster: DemoCluster;

async function bringUp(): Promise<SeenChange[]> {
  cluster = new DemoCluster({ entry: ENTRY });
  const changes: SeenChange[] = [];
  cluster.onChange((seen) => changes.push(seen));
  await cluster.start("n1");
  await Promise.all(NAMES.slice(1).map((name) => cluster.start(name)));
  await cluster.allSee("alive", NAMES, NAMES, 10_000);
  return changes;
}

const others = (name: string) => NAMES.filter((other) => other !== name);

afterEach(async () => {
  const pids = cluster.daemons.map((daemon) => daemon.pid);
  await cluster.endAll();
  expect(pids.filter((pid) => identifyProcess(pid) !== undefined)).toEqual([]);
});

test("a killed node is known dead by every survivor, and nobody else is", async () => {
  const changes = await bringUp();
  cluster.daemon("n3").signal("SIGKILL");
  await cluster.allSee("dead", ["n3"], others("n3"), 8_000);
  expect(changes.filter(({ change }) => change.to === "dead" && change.member !== "n3")).toEqual(
    [],
  );
});

test("a frozen node is held dead, and alive again everywhere once it thaws", async () => {
  await bringUp();
  cluster.daemon("n4").freeze();
  await cluster.allSee("dead", ["n4"], others("n4"), 8_000);
  cluster.daemon("n4").thaw();
  await cluster.allSee("alive", NAMES, NAMES, 5_000);
});

test("a node that leaves is never called dead on the way, and ends with exit code 0", async () => {
  const changes = await bringUp();
  cluster.daemon("n5").signal("SIGTERM");
  await cluster.allSee("left", ["n5"], others("n5"), 3_000);
  expect(await cluster.daemon("n5").ended).toEqual({ exitCode: 0, signal: null });
  expect(changes.filter(({ change }) => change.member === "n5" && change.to === "dead")).toEqual(
    [],
  );
});

test("a dead node that starts again at its address is believed by all, with a new incarnation", async () => {
  const changes = await bringUp();
  cluster.daemon("n2").signal("SIGKILL");
  await cluster.allSee("dead", ["n2"], others("n2"), 8_000);
  await cluster.start("n2");
  await cluster.allSee("alive", NAMES, NAMES, 5_000);
  const incarnations = changes
    .filter(({ viewer, change }) => viewer === "n1" && change.member === "n2")
    .map(({ change }) => change.incarnation);
  expect(incarnations.at(-1)).toBeGreaterThan(incarnations[0] ?? Number.POSITIVE_INFINITY);
});

test("after all that, every node holds the same view", async () => {
  await bringUp();
  cluster.daemon("n3").signal("SIGKILL");
  cluster.daemon("n5").signal("SIGTERM");
  await cluster.allSee("dead", ["n3"], ["n1", "n2", "n4"], 8_000);
  await cluster.allSee("left", ["n5"], ["n1", "n2", "n4"], 3_000);
  const digests = ["n1", "n2", "n4"].map(async (name) => {
    const client = connectControl(`http://${cluster.daemon(name).bound?.api}`);
    const { viewDigest } = await client.members();
    client.close();
    return viewDigest;
  });
  expect(new Set(await Promise.all(digests)).size).toBe(1);
});
