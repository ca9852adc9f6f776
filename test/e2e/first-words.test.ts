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

test("wait says in its help what converged leaves open, and what to add", async () => {
  const { stdout } = await runHearsay(["wait", "--help"]);
  const said = stdout.replaceAll(/\s+/g, " ");
  expect(said).toMatch(/converged \(.*it does not say how many are present: add --for alive=3\)/);
});
