import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import type { EventBody } from "../../src/control/api-types.ts";
import type { QueryBody } from "../../src/control/message-types.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { FORMED_MS, localCluster } from "./local-cluster.ts";
import { ENTRY, type Outcome, runHearsay, spawnHearsay } from "./run-hearsay.ts";

const NAMES = ["n1", "n2", "n3"];
let cluster: LocalCluster;
let env: Record<string, string>;
const directory = directoryOfFile();
const hearsay = (...words: string[]): Promise<Outcome> => runHearsay(words, env);

/** Every node's handler notes here what it was run for; the last line of a run is always whole. */
function noted(): string[] {
  const path = join(directory, "events");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

beforeAll(async () => {
  const note = `user-event:deploy=cat >> ${join(directory, "events")}`;
  const asksItself = `members=${process.execPath} ${ENTRY} members --json | head -c 40`;
  const extra = ["--on-event", note, "--on-query", "name=echo here", "--on-query", asksItself];
  cluster = localCluster(NAMES, extra);
  await cluster.form(FORMED_MS);
  env = { HEARSAY_ATTACH: cluster.daemon("n2").api };
});

afterAll(() => cluster.close());

test("an event is told once at every node, and each runs its handler with it as JSON", async () => {
  const follower = spawnHearsay(["events", "--follow", "--json"], {
    HEARSAY_ATTACH: cluster.daemon("n3").api,
  });
  if (follower.stderr === null || follower.stdout === null) throw new Error("no pipes");
  await once(follower.stderr, "data");
  const { exitCode, stdout, stderr } = await hearsay("event", "deploy", "v2 \u001b[2J");
  expect([exitCode, stdout]).toEqual([0, ""]);
  expect(stderr).toContain("deploy is on its way");
  for await (const line of createInterface({ input: follower.stdout })) {
    const event = JSON.parse(line) as EventBody;
    if (event.event !== "user-event") continue;
    expect(event).toMatchObject({ name: "deploy", payload: "v2 \u001b[2J", origin: "n2", seq: 1 });
    break;
  }
  follower.kill("SIGKILL");
  // Handlers run a moment after the event, each in a process of its own.
  const deadline = performance.now() + 5000;
  while (noted().length < 3 && performance.now() < deadline) await hearsay("members");
  expect(noted().map((line) => (JSON.parse(line) as EventBody).event)).toEqual(
    NAMES.map(() => "user-event"),
  );
  const shown = (await hearsay("events")).stdout;
  expect(shown).toContain('event deploy from n2: "v2 \\u001b[2J"');
});

test("a query prints who answers what, and ends when all have spoken", async () => {
  const { exitCode, stdout, stderr } = await hearsay("query", "name", "--timeout", "15s");
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^MEMBER +AFTER +ANSWER\n(n\d +\d+ ms {2}here\n){3}$/);
  expect(stderr).toBe("3 answers\n");
});

test("a query that nobody can answer says who declined", async () => {
  const { stdout } = await hearsay("query", "nothing", "--json");
  const body = JSON.parse(stdout) as QueryBody;
  expect(body).toMatchObject({ v: 1, name: "nothing", answers: [], silent: [] });
  expect([...body.declined].sort()).toEqual(NAMES);
});

test("a handler that runs hearsay asks its own node", async () => {
  const body = JSON.parse((await hearsay("query", "members", "--json")).stdout) as QueryBody;
  const told = body.answers.map(({ member, answer }) => [
    member,
    /"self":"(\w+)"/.exec(answer)?.[1],
  ]);
  expect(told.sort()).toEqual(NAMES.map((name) => [name, name]));
});

test.each([
  [["event", "two words"], 1, /name: the event "two words" must be called by/],
  [["event", "x", "y".repeat(513)], 1, /payload: 513 bytes must be text of at most 512 bytes/],
  [["query", "x", "--timeout", "2m"], 1, /timeoutMs: 120000 must be a whole number of ms from 1/],
  [["query", "x", "--timeout", "soon"], 2, /--timeout: "soon" is not a duration/],
  [
    ["start", "--on-event", "joind=x"],
    2,
    /"joind", which is not an event \(did you mean joined\?\)/,
  ],
  [["start", "--on-query", "load="], 2, /"load=" .*has no command; write one/],
])("%#: what cannot be said is refused in one line", async (words, code, message) => {
  const { exitCode, stderr } = await hearsay(...words);
  expect(stderr).toMatch(message);
  expect([exitCode, stderr.split("\n").length]).toEqual([code, 2]);
});
