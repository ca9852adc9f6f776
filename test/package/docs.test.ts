import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installPackage, RUN_MS, runNode } from "./installed-package.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const VITEST = join(ROOT, "node_modules/vitest");

interface Program {
  readonly file: string;
  readonly name: string;
  readonly code: string;
  /** What stands below it as its output; undefined where nothing does. */
  readonly output: string | undefined;
}

const PROGRAM = /^```js run=(\S+)\n(.*?)^```\n(?:\n```text output\n(.*?)^```\n)?/gms;

const programs = ["README.md", ...markdownIn("docs")].flatMap(programsOf);

let project = "";
beforeAll(() => {
  project = installPackage();
  symlinkSync(VITEST, join(project, "node_modules/vitest"));
}, 60_000);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test("the documentation has programs to run", () => {
  expect(programs.map(({ name }) => name)).toContain("quickstart.mjs");
});

test.each(programs)(
  "$name of $file runs as printed in a project that installed the package",
  async ({ name, code, output }) => {
    writeFileSync(join(project, name), code);
    const isTest = name.includes(".test.");
    const words = isTest
      ? [join(VITEST, "vitest.mjs"), "run", "--dir", project, "--testTimeout", `${RUN_MS}`]
      : [name];
    const { exitCode, stdout, stderr } = await runNode(words, project);
    expect({ exitCode, stderr }, stdout).toEqual({ exitCode: 0, stderr: "" });
    if (output !== undefined) expect(stdout).toBe(output);
  },
  RUN_MS + 10_000,
);

function programsOf(file: string): Program[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(PROGRAM)].map(([, name = "", code = "", output]) => ({
    file,
    name,
    code,
    output,
  }));
}

function markdownIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `${folder}/${name}`);
}
