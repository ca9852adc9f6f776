import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { StoredFile } from "../../src/daemon/storage/stored-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const WITHIN = { timeout: 5000, interval: 5 };

function fileIn(directory = temporaryDirectory()) {
  const failures: string[] = [];
  const path = join(directory, "state.json");
  const file = new StoredFile(path, (why) => failures.push(why));
  return { directory, path, file, failures, text: () => readFileSync(path, "utf8") };
}

test("a thousand changes in a moment are one write, and the last one is kept", async () => {
  const { directory, path, file, text } = fileIn();
  let asked = 0;
  for (let i = 1; i <= 1000; i++) {
    file.saveSoon(() => {
      asked += 1;
      return `${i}`;
    });
  }
  expect(existsSync(path)).toBe(false);
  await vi.waitUntil(() => existsSync(path), WITHIN);
  expect([text(), asked]).toEqual(["1000", 1]);
  expect(readdirSync(directory)).toEqual(["state.json"]);
});

test("what came while a write was under way follows it", async () => {
  const { file, path, text } = fileIn();
  file.saveSoon(() => {
    queueMicrotask(() => file.saveSoon(() => "second"));
    return "first";
  });
  await vi.waitUntil(() => existsSync(path) && text() === "second", WITHIN);
});

test("closing saves what was not saved yet, and what was on its way", () => {
  const { file, text } = fileIn();
  file.saveSoon(() => "last");
  file.close();
  expect(text()).toBe("last");
  file.saveSoon(() => "after");
  file.close();
  expect(text()).toBe("last");
});

test("an older write that is under way never replaces what was saved at the end", async () => {
  const { file, text, directory } = fileIn();
  const closed = new Promise<void>((resolve) => {
    file.saveSoon(() => {
      queueMicrotask(() => {
        file.saveSoon(() => "newer");
        file.close();
        resolve();
      });
      return "older";
    });
  });
  await closed;
  expect(text()).toBe("newer");
  await vi
    .waitUntil(() => !readdirSync(directory).includes("state.json.draft"), WITHIN)
    .catch(() => undefined);
  expect(text()).toBe("newer");
});

test("a series of failures is told once, and a success ends it", async () => {
  const parent = temporaryDirectory();
  const directory = join(parent, "gone");
  const { file, failures, text } = fileIn(directory);
  file.saveNow("1");
  file.saveSoon(() => "2");
  file.saveNow("3");
  expect(failures).toEqual([expect.stringMatching(/^ENOENT/)]);
  mkdirSync(directory);
  file.saveNow("4");
  expect(text()).toBe("4");
  rmSync(directory, { recursive: true });
  file.saveNow("5");
  expect(failures).toHaveLength(2);
});
