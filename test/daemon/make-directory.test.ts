import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { makeDirectory } from "../../src/daemon/storage/make-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let path: string;
beforeEach(() => {
  path = temporaryDirectory();
});
test("a directory is made with those above it, and may be there already", () => {
  const deep = join(path, "a", "b", "c");
  makeDirectory(deep, 0o700);
  makeDirectory(deep);
  expect(statSync(deep).mode & 0o777).toBe(0o700);
});

test("something else of that name, on the way or at its end, is the system's error", () => {
  writeFileSync(join(path, "file"), "");
  symlinkSync(join(path, "nowhere"), join(path, "link"));
  expect(() => makeDirectory(join(path, "file"))).toThrow("something else has that name");
  expect(() => makeDirectory(join(path, "file", "x"))).toThrow("ENOTDIR");
  expect(() => makeDirectory(join(path, "link"))).toThrow("ENOENT");
});

// Node's own `recursive` comes back from none of these.
test.runIf(process.platform === "linux").each(["/proc/nope", "/proc/nope/deeper"])(
  "below a directory that takes none, %s is an error at once",
  (where) => {
    expect(() => makeDirectory(where)).toThrow("ENOENT");
  },
);
