import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../temporary-directory.ts";
import { runHearsay } from "./run-hearsay.ts";

test("keygen prints a key, and another one each time", async () => {
  const [first, second] = await Promise.all([runHearsay(["keygen"]), runHearsay(["keygen"])]);
  expect(first).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^[A-Za-z0-9+/]{43}=\n$/),
    stderr: "",
  });
  expect(first.stdout).not.toBe(second.stdout);
});

test("keygen makes a file for its owner alone, once; a daemon takes it only as long as it is", async () => {
  const path = join(temporaryDirectory(), "cluster.key");
  const made = await runHearsay(["keygen", path]);
  expect(made).toMatchObject({ exitCode: 0, stdout: "" });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const text = readFileSync(path, "utf8");
  const again = await runHearsay(["keygen", path]);
  expect(again).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/^hearsay: keygen: .*exists/),
  });
  expect(readFileSync(path, "utf8")).toBe(text);
  chmodSync(path, 0o644);
  const started = await runHearsay([
    "start",
    "--bind",
    "127.0.0.1:0",
    "--key-file",
    path,
    "--log",
    "text",
  ]);
  expect(started.exitCode).toBe(2);
  expect(started.stderr).toBe(
    `hearsay: keyFile: ${path} has mode 0644, which lets other users at the keys; run chmod 600 ${path}\n`,
  );
  const key = text.split("\n").find((line) => line.length === 44) ?? expect.unreachable();
  expect(made.stderr + again.stderr + started.stderr).not.toContain(key);
});
