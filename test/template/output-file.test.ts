import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { OutputFile } from "../../src/template/output-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, "out.conf");
});
const good = async () => true;

test("a file that was not there is made, and nothing else is left", async () => {
  const file = new OutputFile(path);
  expect(file.read()).toBeUndefined();
  expect(await file.replace("one", good)).toBe(true);
  expect(file.read()).toBe("one");
  expect(readdirSync(directory)).toEqual(["out.conf"]);
});

test("whoever reads the file meanwhile has the old one, and its judge the new one", async () => {
  writeFileSync(path, "old");
  const file = new OutputFile(path);
  await file.replace("new", async (draft) => {
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readFileSync(draft, "utf8")).toBe("new");
    return true;
  });
  expect(file.read()).toBe("new");
});

test("what its judge does not like takes no place", async () => {
  writeFileSync(path, "old");
  const file = new OutputFile(path);
  expect(await file.replace("bad", async () => false)).toBe(false);
  expect(file.read()).toBe("old");
  expect(readdirSync(directory)).toEqual(["out.conf"]);
});

test("the new file has the mode of the old one", async () => {
  writeFileSync(path, "old");
  chmodSync(path, 0o600);
  await new OutputFile(path).replace("new", good);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a directory that is not there is the operator's to make", async () => {
  const file = new OutputFile(join(directory, "no", "out.conf"));
  await expect(file.replace("x", good)).rejects.toThrow(ConfigError);
});
