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

test.each([
  ["at the present second", 1_795_000_000, undefined, 1_795_000_000],
  ["above the last one saved, where the clock was set back", 1000, 1_795_000_000, 1_795_000_001],
  ["in 2097 at most: there is room above it", 6_000_000_000, undefined, 0xf000_0000],
  ["in that room, above the last one saved", 6_000_000_000, 0xf000_0000, 0xf000_0001],
  ["with a clock before 1970, too", -5, undefined, 1],
  ["with such a clock above the last one saved", -5, 42, 43],
])("an incarnation starts %s", (_how, nowS, saved, first) => {
  expect(firstIncarnation(nowS, saved)).toBe(first);
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
