import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { apiOf } from "../processes.ts";
import { compileProgram, diskBytes, installPackage, runNode } from "./installed-package.ts";

const INSTALL_MS = 60_000;
const COMPILE_MS = 60_000;

/** What docs/embedding.md promises to whoever embeds a node is 6 MB. Files of a few bytes take a block each. */
const INSTALLED_MB_MAX = 6.5;

let project = "";
beforeAll(() => {
  project = installPackage();
}, INSTALL_MS);
afterAll(() => rmSync(project, { recursive: true, force: true }));

test("nothing is installed but hearsay itself, and that is small", () => {
  const installed = readdirSync(join(project, "node_modules")).filter(
    (name) => !name.startsWith("."),
  );
  expect(installed).toEqual(["hearsay"]);
  expect(diskBytes(join(project, "node_modules"))).toBeLessThan(INSTALLED_MB_MAX * 1_000_000);
});

test("the command of the package is there under its name, and says its version", async () => {
  const command = join(project, "node_modules/.bin/hearsay");
  const { version } = JSON.parse(
    readFileSync(join(project, "node_modules/hearsay/package.json"), "utf8"),
  ) as { version: string };
  for (const word of ["--version", "-v"]) {
    expect(spawnSync(command, [word], { encoding: "utf8" }).stdout).toBe(`${version}\n`);
  }
  expect(spawnSync(command, ["--help"], { encoding: "utf8" }).stdout).toMatch(/^hearsay <command>/);
});

/** What a user runs, compiles against or reads. No sources, tests or maps, and no settings of tools. */
const PUBLISHED = [
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
  /^dist\/(cli|cjs|src|chunks)\/([\w.-]+\/)*[\w.-]+\.(cjs|js|json|d\.ts)$/,
  /^dist\/THIRD-PARTY-NOTICES\.txt$/,
  /^docs\/([\w-]+\/)*[\w.-]+\.md$/,
  /^docs\/(deploy\/([\w-]+\/)*[\w.-]+|examples\/[\w-]+\.mjs)$/,
  /^scenarios\/[\w-]+(\.yaml|\.schema\.json)$/,
];

test("nothing is published but what a user runs or reads", () => {
  const root = join(project, "node_modules/hearsay");
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
  expect(files.filter((file) => !PUBLISHED.some((pattern) => pattern.test(file)))).toEqual([]);
});

test("nothing is published that an earlier build left", () => {
  const dist = join(project, "node_modules/hearsay/dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".js"),
  );
  const code = files.map((file) => readFileSync(join(dist, file), "utf8")).join("\n");
  const chunks = files.filter((file) => file.startsWith("chunks/")).map((file) => basename(file));
  expect(chunks.length).toBeGreaterThan(10);
  expect(chunks.filter((chunk) => !code.includes(`/${chunk}"`))).toEqual([]);
});

test("what is bundled is named, with its licence", () => {
  const notices = readFileSync(
    join(project, "node_modules/hearsay/dist/THIRD-PARTY-NOTICES.txt"),
    "utf8",
  );
  for (const name of ["dgram-as-promised", "msgpackr", "yargs", "ink", "react", "zod"]) {
    expect(notices).toMatch(
      new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(MIT\\)\n\n.*licen[cs]e`, "im"),
    );
  }
});

test.each([
  ["NodeNext", "module", { module: "NodeNext" }],
  ["bundler", "module", { module: "ESNext", moduleResolution: "bundler" }],
  ["CommonJS", "commonjs", { module: "NodeNext" }],
  // Here the compiler does not know that Node can require a module.
  ["CommonJS of Node 18", "commonjs", { module: "Node18" }],
] as const)(
  "a strict TypeScript program compiles against the package and runs: %s",
  async (name, type, options) => {
    const program = compileProgram(project, { name, type, options });
    const daemon = spawn(
      process.execPath,
      [
        join(project, "node_modules/hearsay/dist/cli/hearsay.cjs"),
        ...["start", "--name", "beside", "--log", "json"],
        ...["--bind", "127.0.0.1:0", "--api", "127.0.0.1:0", "--end-with-parent"],
      ],
      { stdio: ["pipe", "ignore", "pipe"] },
    );
    try {
      const outcome = await runNode([program, await apiOf(daemon)], project);
      expect(outcome.stderr).toBe("");
      expect(outcome.stdout.split("\n")).toEqual([
        "embedded: embedded alive 8080",
        "daemon: beside",
        "nobody: true",
        "wrong: true",
        "scenario: passed null",
        "",
      ]);
    } finally {
      daemon.kill("SIGKILL");
      await once(daemon, "close");
    }
  },
  COMPILE_MS,
);

test("a class is the same however the package was loaded", async () => {
  const same =
    'import("hearsay").then((m) => console.log(m.ConfigError === require("hearsay").ConfigError))';
  expect(await runNode(["-e", same], project)).toEqual({
    exitCode: 0,
    stdout: "true\n",
    stderr: "",
  });
});
