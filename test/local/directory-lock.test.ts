import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { withDirectoryLock } from "../../src/local/state-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let path: string;

beforeEach(() => {
  path = temporaryDirectory();
});

test("while one works in a directory, another is refused with the pid of the first", async () => {
  await withDirectoryLock(path, async () => {
    const second = withDirectoryLock(path, async () => "both at once");
    await expect(second).rejects.toThrow(`another hearsay up (pid ${process.pid})`);
  });
});

test("the lock is given back, also after a failure", async () => {
  const failing = withDirectoryLock(path, async () => {
    throw new Error("no port left");
  });
  await expect(failing).rejects.toThrow("no port left");
  expect(existsSync(join(path, "lock"))).toBe(false);
});

test.each(["4194304 another boot/1", "", "\0\0\0"])(
  "a lock that holds %j belongs to no running process and is taken over",
  async (content) => {
    writeFileSync(join(path, "lock"), content);
    expect(await withDirectoryLock(path, async () => "done")).toBe("done");
  },
);
