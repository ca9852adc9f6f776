import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { signalDaemons } from "../../src/local/signal-daemons.ts";
import { openStateDirectory } from "../../src/local/state-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

/** A process that waits, and a state directory that takes it for the daemon n1, started as `start` says. */
async function remembered(start?: string) {
  const child = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(child, "spawn");
  onTestFinished(() => void child.kill("SIGKILL"));
  const pid = child.pid ?? 0;
  const directory = openStateDirectory(temporaryDirectory());
  directory.remember({
    ...{ v: 1, name: "n1", pid, processStart: start ?? identifyProcess(pid)?.start ?? "" },
    ...{ address: "127.0.0.1:1", api: "127.0.0.1:2", profile: "lan" },
    ...{ startedAt: "2026-01-01T00:00:00.000Z", log: "" },
  });
  return { child, pid, directory };
}

test("a daemon is frozen, thawed and killed by its name", async () => {
  const { child, pid, directory } = await remembered();
  signalDaemons(directory, "freeze", ["n1"]);
  await expect.poll(() => identifyProcess(pid)?.isStopped).toBe(true);
  signalDaemons(directory, "thaw", ["n1"]);
  await expect.poll(() => identifyProcess(pid)?.isStopped).toBe(false);
  const ended = once(child, "exit");
  signalDaemons(directory, "kill", ["n1"]);
  expect(await ended).toEqual([null, "SIGKILL"]);
});

test("a process that has the pid of a daemon that ended is left alone", async () => {
  const { pid, directory } = await remembered("another boot/123");
  expect(() => signalDaemons(directory, "kill", ["n1"])).toThrow(/no background daemon runs/);
  expect(identifyProcess(pid)).toBeDefined();
});

test("one wrong name, and nobody is signalled", async () => {
  const { pid, directory } = await remembered();
  expect(() => signalDaemons(directory, "freeze", ["n1", "n9"])).toThrow(
    'freeze: no background daemon is called "n9"; these run: n1',
  );
  expect(identifyProcess(pid)?.isStopped).toBe(false);
});
