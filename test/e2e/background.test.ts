import { readdirSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import type { MembersBody } from "../../src/control/api-types.ts";
import type { DaemonEntry } from "../../src/local/state-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { type Outcome, runHearsay } from "./run-hearsay.ts";

let stateDir: string;
const hearsay = (...words: string[]): Promise<Outcome> =>
  runHearsay(words, { HEARSAY_STATE_DIR: stateDir });

beforeEach(() => {
  stateDir = temporaryDirectory();
});

afterEach(async () => {
  await hearsay("down");
});

test("a dozen daemons are started without a word of a warning", async () => {
  const { exitCode, stderr } = await hearsay("up", "12", "--profile", "local");
  expect(stderr).toMatch(/^12 daemons started in [\d.]+ s; next: .*\n$/);
  expect(exitCode).toBe(0);
}, 40_000);

async function up(count: number): Promise<DaemonEntry[]> {
  const outcome = await hearsay("up", String(count), "--profile", "local", "--json");
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  return (JSON.parse(outcome.stdout) as { daemons: DaemonEntry[] }).daemons;
}

const running = (daemons: readonly DaemonEntry[]) =>
  daemons.filter(({ pid }) => identifyProcess(pid) !== undefined).map(({ name }) => name);

test("daemons outlive up, other commands find them, and down ends every one", async () => {
  const daemons = await up(3);
  expect(running(daemons)).toEqual(["n1", "n2", "n3"]);
  const waited = await hearsay(
    "wait",
    "--for",
    "alive=3",
    "--for",
    "converged",
    "--timeout",
    "10s",
  );
  expect(waited.exitCode, waited.stderr).toBe(0);
  const { members } = JSON.parse((await hearsay("members", "--json")).stdout) as MembersBody;
  expect(members.map(({ name, state }) => `${name} ${state}`)).toEqual([
    "n1 alive",
    "n2 alive",
    "n3 alive",
  ]);
  const { exitCode, stdout } = await hearsay("down");
  expect([exitCode, stdout]).toEqual([0, "3 daemons ended: n1 n2 n3\n"]);
  expect(running(daemons)).toEqual([]);
  expect(readdirSync(stateDir).filter((file) => file.endsWith(".json"))).toEqual([]);
});

test("up starts what is missing and leaves the others as they are", async () => {
  const before = await up(2);
  process.kill(before[1]?.pid ?? 0, "SIGKILL");
  await hearsay("wait", "--for", "dead=n2", "--timeout", "10s");
  const after = await up(3);
  expect(after[0]?.pid).toBe(before[0]?.pid);
  expect(running(after)).toEqual(["n1", "n2", "n3"]);
  const waited = await hearsay("wait", "--for", "alive=3", "--timeout", "10s");
  expect(waited.exitCode, waited.stderr).toBe(0);
});

test("ps tells a frozen daemon from a running one, and down ends it all the same", async () => {
  const daemons = await up(2);
  process.kill(daemons[1]?.pid ?? 0, "SIGSTOP");
  expect((await hearsay("ps")).stdout).toMatch(/n1 +\d+ +running[\s\S]*n2 +\d+ +frozen/);
  await hearsay("down");
  expect(running(daemons)).toEqual([]);
});

test("kill, freeze and thaw act on daemons by name, and a join that nobody answers fails", async () => {
  const daemons = await up(3);
  expect((await hearsay("freeze", "n2")).stdout).toMatch(/n2 \(pid \d+\) frozen; hearsay thaw/);
  expect(identifyProcess(daemons[1]?.pid ?? 0)?.isStopped).toBe(true);
  await hearsay("thaw", "n2");
  expect((await hearsay("kill", "n3")).exitCode).toBe(0);
  const waited = await hearsay("wait", "--for", "dead=n3", "--timeout", "10s");
  expect(waited.exitCode, waited.stderr).toBe(0);
  const history = await hearsay("events", "--member", "n3", "--kind", "member-changed");
  expect(history.stdout).toMatch(/suspect → dead/);
  expect(history.stdout).not.toMatch(/ n2 /);
  expect(await hearsay("join", "127.0.0.1:9", "--timeout", "300ms")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(/nobody answers at 127\.0\.0\.1:9 within 0\.3/),
  });
  const joined = await hearsay("join", daemons[1]?.address ?? "");
  expect([joined.exitCode, joined.stdout]).toEqual([0, expect.stringMatching(/n2 answered/)]);
});

test("up refuses to mix profiles in one cluster", async () => {
  await up(1);
  const { exitCode, stderr } = await hearsay("up", "2", "--profile", "lan");
  expect(stderr).toMatch(/^hearsay: --profile: n1 already runs with profile local/);
  expect(exitCode).toBe(2);
});

test("where nothing runs, ps and down say what to do next", async () => {
  for (const command of ["ps", "down"]) {
    const { exitCode, stdout, stderr } = await hearsay(command);
    expect([exitCode, stdout, stderr]).toEqual([
      0,
      "",
      "No background daemon runs; hearsay up 5 starts some.\n",
    ]);
  }
});
