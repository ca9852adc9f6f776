import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { openDataDirectory } from "../../src/daemon/storage/data-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let base = "";
beforeEach(() => {
  base = temporaryDirectory();
});
test("a missing directory is made", async () => {
  const path = join(base, "a", "b");
  const opened = await openDataDirectory(path);
  expect(existsSync(path)).toBe(true);
  await opened.close();
});

test("a second daemon on the same directory is refused until the first is gone", async () => {
  const first = await openDataDirectory(base);
  await expect(openDataDirectory(base)).rejects.toThrow(
    new ConfigError(
      `dataDir: ${base} is in use by another hearsay daemon; stop that one or give each its own --data-dir`,
    ),
  );
  await first.close();
  await (await openDataDirectory(base)).close();
});

test("the lock of a killed daemon is no lock", async () => {
  const lock = join(base, "lock");
  const script = `require("node:net").createServer().listen(${JSON.stringify(lock)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  expect(existsSync(lock)).toBe(true);
  await (await openDataDirectory(base)).close();
});

test("of many that find the lock of a killed daemon at once, one gets the directory", async () => {
  const lock = join(base, "lock");
  const script = `require("node:net").createServer().listen(${JSON.stringify(lock)}, () => process.kill(process.pid, "SIGKILL"))`;
  spawnSync(process.execPath, ["-e", script]);
  const starts = await Promise.allSettled(Array.from({ length: 8 }, () => openDataDirectory(base)));
  const owners = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  expect(owners).toHaveLength(1);
  await expect(openDataDirectory(base)).rejects.toThrow("is in use by another hearsay daemon");
  await owners[0]?.close();
});

test("a file called lock that is not a daemon's stays, and is told", async () => {
  const file = join(base, "lock");
  writeFileSync(file, "mine");
  await expect(openDataDirectory(base)).rejects.toThrow(/the file lock in it is not a daemon's/);
  expect(readFileSync(file, "utf8")).toBe("mine");
});

test("a claim that a killed daemon left long ago is none", async () => {
  const claim = join(base, "lock.claim");
  writeFileSync(claim, "");
  await expect(openDataDirectory(base)).rejects.toThrow("is in use by another hearsay daemon");
  utimesSync(claim, 0, 0);
  await (await openDataDirectory(base)).close();
});

test("a path that is a file is refused", async () => {
  const path = join(base, "file");
  writeFileSync(path, "");
  await expect(openDataDirectory(path)).rejects.toThrow(
    /^dataDir: .*file cannot be used \(something else has that name/,
  );
});

test("a path too long for its lock is refused", async () => {
  await expect(openDataDirectory(join(base, "x".repeat(120)))).rejects.toThrow(
    /too long for its lock; use a path of at most 98 bytes/,
  );
});
