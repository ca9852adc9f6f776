import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runHearsay } from "./run-hearsay.ts";

const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

test.each([["--version"], ["-v"]])("%s prints the version and nothing else", async (word) => {
  expect(await runHearsay([word])).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
});

test("-h is --help, of hearsay and of each command", async () => {
  for (const command of [[], ["members"]]) {
    const [long, short] = await Promise.all([
      runHearsay([...command, "--help"]),
      runHearsay([...command, "-h"]),
    ]);
    expect(short).toEqual(long);
    expect(short).toMatchObject({ exitCode: 0, stderr: "" });
    expect(short.stdout).toMatch(/^hearsay /);
  }
});

test("the first page groups the commands, has three examples, and fits a terminal", async () => {
  const { stdout } = await runHearsay(["help"]);
  expect(stdout).toBe((await runHearsay(["--help"])).stdout);
  const titles = [...stdout.matchAll(/^(\w.*):$/gm)].map(([, title]) => title);
  expect(titles.slice(0, 2)).toEqual(["Run a cluster", "Look at it"]);
  expect(titles.slice(-2)).toEqual(["Examples", "Options"]);
  expect(stdout.match(/^ {2}hearsay .* {2}\w/gm)).toHaveLength(3);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("help <command> is <command> --help, and a page of start says what each profile sets", async () => {
  const { stdout } = await runHearsay(["help", "start"]);
  const said = stdout.replaceAll(/\s+/g, " ");
  expect(said).toMatch(/--grace-ms How long .* \[500, 2400, 3000\]/);
  expect(said).toMatch(/--log-level [\w ]+: debug, info, warn or error \[info\]/);
});

test("info says what runs, and info settings what a setting does", async () => {
  const { stdout } = await runHearsay([
    "info",
    "--state-dir",
    "/nowhere",
    "--attach",
    "127.0.0.1:1",
  ]);
  expect(stdout).toMatch(new RegExp(`^version +${version} \\(commit `));
  expect(stdout).toMatch(/^attach +http:\/\/127\.0\.0\.1:1: no node answers$/m);
  const page = await runHearsay(["info", "settings", "grace-ms"]);
  expect(page.stdout).toMatch(/local 500, lan 2400, wan 3000\. Higher: longer freezes are spared/);
  const wrong = await runHearsay(["info", "settings", "gracems"]);
  expect(wrong).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/Did you mean graceMs\?/),
  });
});

test("wait says in its help what converged leaves open, and what to add", async () => {
  const { stdout } = await runHearsay(["wait", "--help"]);
  const said = stdout.replaceAll(/\s+/g, " ");
  expect(said).toMatch(/converged \(.*it does not say how many are present: add --for alive=3\)/);
});
