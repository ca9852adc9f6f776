import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { openApi } from "../control/api.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { ENTRY, outcomeOf, runHearsay, spawnHearsay } from "./run-hearsay.ts";

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});
const START = ["start", "--bind", "127.0.0.1:0", "--api", "127.0.0.1:0", "--log", "text"];

test.each([
  [["up", "1", "--state-dir", "/proc/nope"], "--state-dir: /proc/nope cannot be used (ENOENT"],
  [
    ["up", "1", "--state-dir", "/etc/hosts"],
    "--state-dir: /etc/hosts cannot be used (something else has that name)",
  ],
  [["ps", "--state-dir", "/etc/hosts"], "--state-dir: /etc/hosts cannot be read: ENOTDIR"],
  [[...START, "--data-dir", "/proc/nope"], "dataDir: /proc/nope cannot be used (ENOENT"],
  [
    [...START, "--data-dir", "/etc/hosts"],
    "dataDir: /etc/hosts cannot be used (something else has that name)",
  ],
])("%j is one line that names the directory, and exit code 2", async (words, message) => {
  const { exitCode, stderr } = await runHearsay(words);
  expect(stderr.split("\n")).toHaveLength(2);
  expect(stderr).toContain(`hearsay: ${message}`);
  expect(exitCode).toBe(2);
});

test.runIf(existsSync("/dev/full"))("a full disk behind stdout is one line", async () => {
  const full = openSync("/dev/full", "w");
  const child = spawn(process.execPath, [ENTRY, "--help"], { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const [exitCode] = (await once(child, "close")) as [number];
  expect(stderr).toMatch(/^hearsay: cannot write to standard output: ENOSPC.*\n$/);
  expect(exitCode).toBe(1);
});

test("without a terminal, as under nohup, SIGHUP ends no command", async () => {
  const { url } = await openApi();
  const [template, out] = [join(directory, "in.tpl"), join(directory, "out")];
  writeFileSync(template, "{{ self.name }}");
  const child = spawnHearsay(["template", template, out, "--attach", url]);
  const outcome = outcomeOf(child);
  // The end of the first look is told on stderr, so the handlers are there.
  await once(child.stderr as NodeJS.ReadableStream, "data");
  child.kill("SIGHUP");
  child.kill("SIGTERM");
  expect((await outcome).exitCode).toBe(0);
});
