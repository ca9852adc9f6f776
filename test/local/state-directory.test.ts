import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test, vi } from "vitest";
import { identifyProcess, isStillRunning } from "../../src/cluster/process/process-identity.ts";
import {
  type DaemonEntry,
  openStateDirectory,
  stateDirectoryPath,
  withDirectoryLock,
} from "../../src/local/state-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let path: string;

beforeEach(() => {
  path = temporaryDirectory();
});

function entry(name: string, over: Partial<DaemonEntry> = {}): DaemonEntry {
  return {
    v: 1,
    name,
    pid: process.pid,
    processStart: identifyProcess(process.pid)?.start ?? "",
    address: "127.0.0.1:1",
    api: "127.0.0.1:2",
    profile: "lan",
    startedAt: "2026-01-01T00:00:00.000Z",
    log: join(path, `${name}.log`),
    ...over,
  };
}

test("entries come back as remembered, in the order of their numbers", () => {
  const directory = openStateDirectory(path);
  for (const name of ["n10", "n2", "n1"]) directory.remember(entry(name));
  expect(directory.entries()).toEqual([entry("n1"), entry("n2"), entry("n10")]);
});

test("a pid that was given to another process is not taken for the daemon, and its entry is dropped", () => {
  const directory = openStateDirectory(path);
  directory.remember(entry("n1", { processStart: "another boot/123" }));
  const stale: string[] = [];
  expect(directory.running(({ name }) => stale.push(name))).toEqual([]);
  expect(stale).toEqual(["n1"]);
  expect(readdirSync(path)).toEqual([]);
});

test("a directory that does not exist has no entries", () => {
  expect(openStateDirectory(join(path, "none")).entries()).toEqual([]);
});

test.each(["", "{", "[]", '{"v":1,"name":"n1","pid":1}', '{"v":1,"pid":"12"}'])(
  "an entry file that holds %j is told of, and the others are used",
  (content) => {
    const complaints: string[] = [];
    const directory = openStateDirectory(path, (complaint) => complaints.push(complaint));
    directory.remember(entry("n2"));
    writeFileSync(join(path, "n1.json"), content);
    expect(directory.entries()).toEqual([entry("n2")]);
    expect(complaints).toEqual([
      expect.stringMatching(/n1\.json is not an entry of hearsay up; .* remove it/),
    ]);
  },
);

test("an entry of another name than its file's, and a link to one, are not taken", () => {
  const complaints: string[] = [];
  const directory = openStateDirectory(path, (complaint) => complaints.push(complaint));
  const elsewhere = join(temporaryDirectory(), "n2.json");
  writeFileSync(join(path, "n1.json"), JSON.stringify(entry("../secret")));
  writeFileSync(elsewhere, JSON.stringify(entry("n2")));
  symlinkSync(elsewhere, join(path, "n2.json"));
  expect(directory.entries()).toEqual([]);
  expect(complaints).toEqual([
    expect.stringMatching(/n1\.json has the entry of another name/),
    expect.stringMatching(/n2\.json is not a file/),
  ]);
});

test("where others may write, nobody is believed: they could have any process ended", async () => {
  openStateDirectory(path).remember(entry("n1"));
  chmodSync(path, 0o777);
  const refusal =
    /^--state-dir: .* has mode 0777, so that other users may write to it; .* chmod 700 /;
  expect(() => openStateDirectory(path)).toThrow(refusal);
  await expect(withDirectoryLock(path, async () => undefined)).rejects.toThrow(refusal);
  chmodSync(path, 0o700);
  chmodSync(join(path, "n1.json"), 0o666);
  expect(openStateDirectory(path).entries()).toEqual([]);
});

test.runIf(process.geteuid?.() === 0)("a directory of another user is not believed", () => {
  chownSync(path, 12_345, 12_345);
  expect(() => openStateDirectory(path)).toThrow(/belongs to user 12345/);
});

test("a file called lock that is somebody's stays", async () => {
  writeFileSync(join(path, "lock"), "my notes");
  await expect(withDirectoryLock(path, async () => undefined)).rejects.toThrow(
    /the file lock in .* is not one of hearsay up; move it away/,
  );
  expect(readFileSync(join(path, "lock"), "utf8")).toBe("my notes");
});

test("the place is the option, else the variable, else the XDG directory, else the home", () => {
  const env = { HEARSAY_STATE_DIR: "/b", XDG_STATE_HOME: "/c" };
  expect(stateDirectoryPath("/a", env)).toBe("/a");
  expect(stateDirectoryPath(undefined, env)).toBe("/b");
  expect(stateDirectoryPath(undefined, { XDG_STATE_HOME: "/c" })).toBe("/c/hearsay");
  expect(stateDirectoryPath(undefined, { XDG_STATE_HOME: "relative" })).toMatch(
    /\/\.local\/state\/hearsay$/,
  );
});

test("a process is identified while it runs, and no longer once it has ended", async () => {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const pid = child.pid ?? 0;
  const start = identifyProcess(pid)?.start ?? "";
  expect(isStillRunning(pid, start)).toBe(true);
  child.stdin.end();
  await once(child, "exit");
  expect(isStillRunning(pid, start)).toBe(false);
});

test("a stopped process is told from a running one", async () => {
  const child = spawn("sh", ["-c", "kill -STOP $$"], { stdio: "ignore" });
  const pid = child.pid ?? 0;
  await vi.waitUntil(() => identifyProcess(pid)?.isStopped === true, { timeout: 5_000 });
  child.kill("SIGKILL");
  await once(child, "exit");
});
