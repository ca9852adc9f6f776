import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { firstIncarnation } from "../../src/core/membership/first-incarnation.ts";
import { IncarnationStore } from "../../src/daemon/storage/incarnation-store.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let directory = "";
const warnings: string[] = [];
const open = () => new IncarnationStore(directory, (warning) => warnings.push(warning));

beforeEach(() => {
  directory = temporaryDirectory();
  warnings.length = 0;
});
test("an incarnation starts at the present second", () => {
  expect(firstIncarnation(1_795_000_000, undefined)).toBe(1_795_000_000);
});

test("after a clock was set back, an incarnation starts above the last one saved", () => {
  expect(firstIncarnation(1000, 1_795_000_000)).toBe(1_795_000_001);
});

test("an incarnation starts in 2097 at most, whatever the clock says: there is room above it", () => {
  expect(firstIncarnation(6_000_000_000, undefined)).toBe(0xf000_0000);
  expect(firstIncarnation(6_000_000_000, 0xf000_0000)).toBe(0xf000_0001);
});

test("a clock before 1970 starts a node all the same, above what was saved", () => {
  expect(firstIncarnation(-5, undefined)).toBe(1);
  expect(firstIncarnation(-5, 42)).toBe(43);
});

test("a fresh directory has no incarnation and gives no warning", () => {
  expect([open().load(), warnings]).toEqual([undefined, []]);
});

test("what was saved is loaded by the next start, and no draft is left behind", () => {
  open().saveFirst(42);
  expect([open().load(), readdirSync(directory)]).toEqual([42, ["incarnation.json"]]);
});

test("a lower incarnation never replaces a higher one", () => {
  const store = open();
  store.saveFirst(42);
  store.saveFirst(41);
  expect(open().load()).toBe(42);
});

test.each([
  ["", "it is empty, as after a loss of power"],
  ["\0\0\0", "it is filled with zeros, as after a loss of power"],
  ["{", "it is cut off, or was not written by hearsay"],
  ['{"v":1,"incarnation":-1}', "it was not written by hearsay"],
  ['{"v":1,"incarnation":4294967295}', "it was not written by hearsay"],
  ['{"v":1,"incarnation":"7"}', "it was not written by hearsay"],
  ['{"v":2,"incarnation":7}', "a newer hearsay wrote it"],
])("a corrupt file (%j) is one warning and counts as none", (text, why) => {
  writeFileSync(join(directory, "incarnation.json"), text);
  expect(open().load()).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining(`incarnation.json: ${why}`)]);
});

test("a directory that cannot be written is told once and stops nothing", () => {
  const store = new IncarnationStore(join(directory, "gone"), (warning) => warnings.push(warning));
  store.saveFirst(42);
  store.saveFirst(43);
  expect(warnings).toEqual([expect.stringMatching(/^cannot save the incarnation: ENOENT/)]);
});

test.runIf(process.platform !== "win32")(
  "a pipe in place of the file is told, and not waited for",
  () => {
    spawnSync("mkfifo", [
      join(directory, "incarnation.json"),
      join(directory, "incarnation.json.new"),
    ]);
    const store = open();
    expect(store.load()).toBeUndefined();
    expect(warnings[0]).toMatch(/incarnation\.json: it is not a file;/);
    store.saveFirst(42);
    expect(open().load()).toBe(42);
  },
);
