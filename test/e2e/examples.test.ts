import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { apiOf } from "../processes.ts";
import { outcomeOf, runHearsay, spawnHearsay } from "./run-hearsay.ts";

const EXAMPLE_MS = 18_000;

/** The example as a reader runs it: plain Node, against the package as it is built. */
function spawnExample(name: string, ...words: string[]) {
  const path = fileURLToPath(new URL(`../../docs/examples/${name}.mjs`, import.meta.url));
  const stdio = ["ignore", "pipe", "pipe"] as const;
  const limits = { timeout: EXAMPLE_MS, killSignal: "SIGKILL" } as const;
  return spawn(process.execPath, [path, ...words], { stdio: [...stdio], ...limits });
}

test("three-nodes: nodes find each other, answer and leave", async () => {
  const { exitCode, stdout, stderr } = await outcomeOf(spawnExample("three-nodes"));
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(stdout).toContain("anna sees carl alive");
  expect(stdout).toContain("ben answers: blue\n");
  expect(stdout).toContain("no answer at anna\n");
  expect(stdout).toContain("carl left; 2 of 2 members answered its goodbye");
});

test("balanced-requests: a deploy costs no request", async () => {
  const { exitCode, stdout, stderr } = await outcomeOf(spawnExample("balanced-requests"));
  expect([stderr, exitCode]).toEqual(["", 0]);
  const counts = [...stdout.matchAll(/answered (\d+)/g)].map(([, count]) => Number(count));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(300);
  expect(counts.every((count) => count > 20)).toBe(true);
});

test("watch-a-daemon: a program beside a daemon sees what happens to it", async () => {
  const words = ["start", "--name", "d", "--bind", "127.0.0.1:0", "--api", "127.0.0.1:0"];
  const daemon = spawnHearsay([...words, "--log", "json"]);
  onTestFinished(() => void daemon.kill("SIGKILL"));
  const attach = await apiOf(daemon);
  const example = spawnExample("watch-a-daemon", attach);
  const ended = outcomeOf(example);
  await untilPrinted(example, "watching");
  // The stream begins a moment after the program says so: the last word is repeated until it is heard.
  while (example.exitCode === null) await runHearsay(["event", "goodbye", "--attach", attach]);
  const { exitCode, stdout, stderr } = await ended;
  expect([stderr, exitCode]).toEqual(["", 0]);
  expect(stdout).toContain("d of cluster hearsay is up");
  expect(stdout).toContain("  d 127.0.0.1:8080: alive");
});

test("watch-a-daemon: without a daemon it says so in one line", async () => {
  const { exitCode, stderr } = await outcomeOf(spawnExample("watch-a-daemon", "127.0.0.1:1"));
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/^no hearsay node at http:\/\/127.0.0.1:1: [^\n]+\n$/);
});

function untilPrinted(child: ReturnType<typeof spawnExample>, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.toString().includes(text)) resolve();
    });
    child.once("close", () => reject(new Error(`ended without printing ${text}`)));
  });
}
