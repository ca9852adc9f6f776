import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import type {
  EventBody,
  ExplainBody,
  FaultsBody,
  MembersBody,
  ViewsBody,
} from "../../src/control/api-types.ts";
import type { Finding } from "../../src/doctor/facts.ts";
import { FORMED_MS, localCluster } from "./local-cluster.ts";
import { type Outcome, runHearsay, spawnHearsay } from "./run-hearsay.ts";

const NAMES = ["n1", "n2", "n3", "n4"];
let cluster: LocalCluster;
let env: Record<string, string>;
const hearsay = (...words: string[]): Promise<Outcome> => runHearsay(words, env);

beforeAll(async () => {
  cluster = localCluster(NAMES, ["--tag", "rack=3", "--service", "web:8080"]);
  await cluster.form(FORMED_MS);
  await cluster.end(["n4"], "kill");
  await cluster.allSee("dead", ["n4"], ["n1", "n2", "n3"], 8_000);
  env = { HEARSAY_ATTACH: cluster.daemon("n1").api };
});

afterAll(() => cluster.close());

test("members is a table on stdout; talk goes to stderr", async () => {
  const { stdout, stderr } = await hearsay("members");
  expect(stdout).toMatch(/^MEMBER .*\nn1 \(self\) .*● alive.*\nn2 .*\nn3 .*\nn4 .*✗ dead .*\n$/);
  expect(stderr).toMatch(/^n1 sees 3 alive, 1 dead of 4 members; view [0-9a-f]{16}\n/);
});

test("members filters by state and by service", async () => {
  const dead = JSON.parse((await hearsay("members", "--status", "dead", "--json")).stdout);
  expect((dead as MembersBody).members.map(({ name }) => name)).toEqual(["n4"]);
  const none = await hearsay("members", "--service", "mail");
  expect([none.exitCode, none.stdout]).toEqual([0, ""]);
  expect(none.stderr).toContain("No member fits the filter");
});

test("faults cut reaches every daemon that still runs, at both ends of the links", async () => {
  const { stdout, stderr } = await hearsay(
    "faults",
    "cut",
    "n1",
    "n2,n3",
    "--for",
    "100ms",
    "--json",
  );
  const { members } = JSON.parse(stdout) as { members: FaultsBody[] };
  const both = [
    { from: ["n1"], to: ["n2", "n3"], drop: 1 },
    { from: ["n2", "n3"], to: ["n1"], drop: 1 },
  ];
  expect(members.map(({ self, rules }) => [self, rules])).toEqual(
    ["n1", "n2", "n3"].map((name) => [name, both]),
  );
  expect(stderr).toMatch(/^n4: its control API does not answer .*\nFaults at 3 of 3 members\.\n$/);
});

test("faults refuses a member that there is not, in one line", async () => {
  const { exitCode, stderr } = await hearsay("faults", "cut", "n1", "n9");
  expect([exitCode, stderr]).toEqual([
    2,
    "hearsay: faults cut: there is no member n9; choose among n1, n2, n3, n4\n",
  ]);
});

test("explain tells phi, window and who hears the member", async () => {
  const { stdout } = await hearsay("explain", "n2");
  expect(stdout).toMatch(/^n2 is ● alive for .*, as n1 sees it\n {2}phi +\d/);
  expect(stdout).toMatch(/would be suspected in .* if it stays silent/);
  expect(stdout).toMatch(/heard by +n\d /);
  expect(stdout).toContain("tags rack=3");
});

test("explain tells how a dead member ended", async () => {
  const { stdout } = await hearsay("explain", "n4");
  expect(stdout).toMatch(/^n4 is ✗ dead/);
  expect(stdout).toMatch(
    /suspicion .*(its process ended|its host says that no process owns the port)/,
  );
  expect(stdout).toMatch(/history[\s\S]*suspect → dead/);
});

test("explain of an unknown member is one line and exit code 1", async () => {
  const { exitCode, stderr } = await hearsay("explain", "n9");
  expect(stderr).toMatch(/^hearsay: .*n9.*\n$/);
  expect(exitCode).toBe(1);
});

test("every read command speaks JSON with its version", async () => {
  for (const words of [["members"], ["explain", "n2"], ["views"]]) {
    const { stdout } = await hearsay(...words, "--json");
    expect((JSON.parse(stdout) as ExplainBody | ViewsBody).v).toBe(1);
  }
  const events = (await hearsay("events", "--json")).stdout.trim().split("\n");
  const bodies = events.map((line) => JSON.parse(line) as EventBody);
  expect(bodies.every(({ v }) => v === 1)).toBe(true);
  expect(bodies.map(({ event }) => event)).toContain("member-changed");
});

test("events --since begins behind an index of the stream", async () => {
  const { stdout } = await hearsay("events", "--since", "2", "--json");
  expect((JSON.parse(stdout.split("\n")[0] ?? "") as EventBody).index).toBe(3);
});

test("views groups the viewers by digest", async () => {
  const { stdout } = await hearsay("views");
  expect(stdout).toMatch(/^[0-9a-f]{16} {2}n1, n2 and n3\n/);
});

test("wait exits 0 once the conditions hold together", async () => {
  const words = ["--for", "alive=3", "--for", "dead=n4", "--for", "converged"];
  const { exitCode, stdout } = await hearsay("wait", ...words, "--timeout", "10s");
  expect(stdout).toMatch(/3 alive \(n1, n2 and n3\); n4 is dead; all 3 see the same, after/);
  expect(exitCode).toBe(0);
});

test("doctor asks every member, and tries ports by TCP and by ICMP", async () => {
  const { stdout } = await hearsay("doctor", "--json");
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  const verdicts = Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
  // How busy this machine is may be found as well.
  expect(verdicts).toMatchObject({ "paths in": "ok", TCP: "ok", ICMP: "ok", versions: "ok" });
  expect(findings.find(({ check }) => check === "paths in")?.what).toBe(
    "2 of 2 other members were asked; all hear n1",
  );
});

test("members filters by tag, rtt lists round trips", async () => {
  expect((await hearsay("members", "--tag", "rack=3", "--tag", "rack")).stdout).toMatch(/\nn2 /);
  expect((await hearsay("members", "--tag", "rack=4")).stdout).toBe("");
  expect((await hearsay("rtt", "n2")).stdout).toMatch(/^FROM +TO .*\nn1 +n2 +[\d.]+ ms/);
});

test("wait exits 1 when its time is over, and says how it stands", async () => {
  const { exitCode, stderr } = await hearsay("wait", "--for", "left=n4", "--timeout", "200ms");
  expect(stderr).toBe("hearsay: not within 0.20 s, as n1 sees it: n4 is dead\n");
  expect(exitCode).toBe(1);
});

test("members --watch tells each change of a state as a line of JSON", async () => {
  const watch = spawnHearsay(["members", "--watch", "--json"], env);
  if (watch.stdout === null) throw new Error("the command was started without pipes");
  const states: string[] = [];
  for await (const line of createInterface({ input: watch.stdout })) {
    const { members } = JSON.parse(line) as MembersBody;
    states.push(members.find(({ name }) => name === "n3")?.state ?? "gone");
    if (states.length === 1) void cluster.end(["n3"], "kill");
    if (states.at(-1) === "dead") break;
  }
  watch.kill();
  expect(states).toEqual(["alive", "suspect", "dead"]);
});

test("a reader that has seen enough is no failure", async () => {
  const follow = spawnHearsay(["events", "--follow", "--since", "0"], env);
  const ended = new Promise<number | null>((resolve) => follow.once("exit", resolve));
  if (follow.stdout === null) throw new Error("the command was started without pipes");
  for await (const _ of createInterface({ input: follow.stdout })) break;
  follow.stdout.destroy();
  await cluster.startOne("n3");
  expect(await ended).toBe(0);
});

test("forget removes a dead member, and refuses a living one", async () => {
  const living = await hearsay("forget", "n2");
  expect([living.exitCode, living.stderr]).toEqual([1, expect.stringContaining("n2")]);
  expect((await hearsay("forget", "n4")).stdout).toBe("n4 is forgotten\n");
  const { members } = JSON.parse((await hearsay("members", "--json")).stdout) as MembersBody;
  expect(members.map(({ name }) => name)).not.toContain("n4");
});

test("leave makes the node say goodbye and end", async () => {
  const { stdout } = await hearsay("leave", "--attach", cluster.daemon("n2").api);
  expect(stdout).toMatch(/^n2 has left; \d of \d members? answered its goodbye\n$/);
  await expect.poll(() => cluster.state.process("n2").end?.exitCode).toBe(0);
});
