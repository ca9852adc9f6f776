import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { allEnded, stillRunning } from "../processes.ts";
import { runHearsay, spawnHearsay } from "./run-hearsay.ts";

const pidsIn = (text: string) => [...text.matchAll(/\(pid (\d+)/g)].map(([, pid]) => Number(pid));

/** Reads the story until a line holds `words`; gives the pids told so far. */
async function readUntil(child: ChildProcess, words: string): Promise<number[]> {
  if (child.stdout === null) throw new Error("the story has no pipe");
  let told = "";
  for await (const line of createInterface({ input: child.stdout })) {
    told += `${line}\n`;
    if (line.includes(words)) return pidsIn(told);
  }
  throw new Error(`the story ended before it told ${JSON.stringify(words)}:\n${told}`);
}

test("without a terminal the demo tells every act, ends its processes and exits 0", async () => {
  const { exitCode, stdout, stderr } = await runHearsay(["demo"]);
  expect(stderr).toBe("");
  for (const told of [
    /5 nodes see each other, \d+ ms after/,
    /\{n1 n2 n3\} hold \{n4 n5\} dead, by all 3 after \d+ ms/,
    /\{n4 n5\} hold \{n1 n2 n3\} dead, by all 2 after \d+ ms/,
    /one view again \d+ ms after the links healed/,
    /n3 known dead by all 4 after \d+ ms \(fastest n\d \d+ ms, slowest n\d \d+ ms\)/,
    /n1's phi for n4 climbs: \d/,
    /n4 known to be frozen by all 3 after \d+ ms .*, and spared/,
    /n4 seen alive again by all 3 after \d+ ms/,
    /n5 known to have left by all 3 after \d+ ms .*never called dead; exit code 0/,
    /n3 seen alive by all 3 after \d+ ms/,
    /The end: every process has ended/,
  ]) {
    expect(stdout).toMatch(told);
  }
  expect(exitCode).toBe(0);
  expect(pidsIn(stdout)).toHaveLength(6);
  expect(stillRunning(pidsIn(stdout))).toEqual([]);
}, 40_000);

test.each([2, 3])(
  "a cluster of %i has its story too, without a split",
  async (count) => {
    const { exitCode, stdout } = await runHearsay(["demo", String(count)]);
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/known dead by/);
    expect(stdout).toMatch(/known to have left by/);
    expect(stdout).not.toContain("is cut");
  },
  40_000,
);

test("daemons of a demo that is killed end by themselves, a frozen one too", async () => {
  const demo = spawnHearsay(["demo", "4"]);
  const pids = await readUntil(demo, "is frozen (SIGSTOP)");
  expect(pids).toHaveLength(4);
  demo.kill("SIGKILL");
  await allEnded(pids);
}, 20_000);

test("a demo that is interrupted leaves no process behind", async () => {
  const demo = spawnHearsay(["demo", "4"]);
  const ended = new Promise<number | null>((resolve) => demo.once("exit", resolve));
  const pids = await readUntil(demo, "see each other");
  demo.kill("SIGINT");
  expect(await ended).toBe(130);
  await allEnded(pids);
}, 20_000);
