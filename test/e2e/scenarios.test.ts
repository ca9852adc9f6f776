import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { ProcessBackend } from "../../src/cluster/process-backend.ts";
import { allEnded, childrenOf } from "../processes.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { ENTRY, outcomeOf, runHearsay, spawnHearsay } from "./run-hearsay.ts";

const SCENARIOS = resolve(import.meta.dirname, "../../scenarios");
const RUN_MS = 60_000;
const shipped = (name: string) => join(SCENARIOS, `${name}.yaml`);

const folder = directoryOfFile();

function written(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** Reads the lines of a run until one holds these words; the processes that it has started by then. */
async function untilSaid(run: ChildProcess, words: string): Promise<number[]> {
  if (run.stderr === null) throw new Error("the run has no pipe");
  let said = "";
  for await (const line of createInterface({ input: run.stderr })) {
    said += `${line}\n`;
    if (line.includes(words)) return childrenOf(run.pid ?? 0);
  }
  throw new Error(`it ended before it said ${JSON.stringify(words)}:\n${said}`);
}

test(
  "a run that fails says what it got, who saw what, and how to run it again",
  async () => {
    const file = written(
      "wrong.yaml",
      "name: wrong\nnodes: [a, b]\nconfig: { profile: local }\nsteps:\n  - start: all\n" +
        "  - await: converged\n    within: 10s\n  - expect: { see: { b: dead } }\n",
    );
    const { exitCode, stdout, stderr } = await runHearsay(["run", file], {}, RUN_MS);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/got +a sees b alive/);
    expect(stdout).toContain(`hearsay run --real ${file}`);
    expect(stderr).toMatch(/1 scenario failed: wrong/);
  },
  RUN_MS,
);

const PAUSED = `
name: paused
nodes: [a, b, c]
config: { profile: local }
steps:
  - start: all
  - pause: c
  - wait: 60s
`;

test(
  "a run that is interrupted leaves no process behind, a paused one neither",
  async () => {
    const run = spawnHearsay(["run", written("paused.yaml", PAUSED)], {}, RUN_MS);
    const pids = await untilSaid(run, "pause c");
    // The fourth is the guard that thaws the paused one.
    expect(pids.length).toBeGreaterThanOrEqual(3);
    const ended = new Promise((resolve) => run.once("close", resolve));
    run.kill("SIGINT");
    expect(await ended).toBe(130);
    await allEnded(pids);
  },
  RUN_MS,
);

test(
  "daemons of a run that is killed end by themselves, a paused one too",
  async () => {
    const run = spawnHearsay(["run", written("killed.yaml", PAUSED)], {}, RUN_MS);
    const pids = await untilSaid(run, "pause c");
    run.kill("SIGKILL");
    await allEnded(pids);
  },
  RUN_MS,
);

test("mistakes are told with line and column, and nothing is started", async () => {
  const text = "name: x\nnodes: [a, b]\nsteps:\n  - start: all\n  - kill: a\n  - pause: a\n";
  const file = written("mistaken.yaml", text);
  const mistake = `${file}:6:5: a is not running here: it was killed in line 5`;
  const checked = await runHearsay(["validate", file]);
  expect(checked).toEqual({
    exitCode: 2,
    stdout: `${mistake}\n`,
    stderr: "hearsay: 1 mistake; nothing was run\n",
  });
  const run = await runHearsay(["run", shipped("crash-one"), file]);
  expect(run).toEqual({ exitCode: 2, stdout: "", stderr: `hearsay: ${mistake}\n` });
});

test("machines that all nodes share cannot be suspended, and nothing is run", async () => {
  const run = await runHearsay(["run", shipped("suspended-machine")]);
  expect(run).toMatchObject({ exitCode: 2, stdout: "" });
  expect(run.stderr).toMatch(
    /^hearsay: suspend needs a machine for each node, .*--netns or --sim\n$/,
  );
});

test("a file that is not there is told in one line", async () => {
  const { exitCode, stderr } = await runHearsay(["run", "nowhere.yaml"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^hearsay: nowhere\.yaml: there is no such file; .*\n$/);
});

test("a program gives a scenario with checks of its own", async () => {
  const file = resolve(SCENARIOS, "../docs/examples/one-after-another.mjs");
  const { stdout, exitCode } = await runHearsay(["run", "--sim", file]);
  expect(stdout).toMatch(/expect everybody counts three/);
  expect(exitCode).toBe(0);
});

test("many seeds of a scenario end in one table of what consumers decided", async () => {
  const file = shipped("too-short-too-long");
  const { stdout, exitCode } = await runHearsay(["run", "--sim", "--seeds", "2", file]);
  expect(stdout).toMatch(/passed after .* \(rng seed 1\)\n.*passed after .* \(rng seed 2\)\n/);
  expect(stdout).toMatch(/2 runs together\n who decided .*\n maxPhi 1 /);
  expect(exitCode).toBe(0);
  const real = await runHearsay(["run", "--seeds", "2", file]);
  expect(real).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("--seeds needs --sim"),
  });
});

test("of many seeds those that failed are told in full, and in one line at the end", async () => {
  const text = [
    "name: impatient",
    "nodes: [a, b]",
    "config: { profile: local }",
    'consumers: { lb: { at: a, watches: b, max_phi: 1, thresholds: { crash_known: "< 200ms" } } }',
    "steps: [{ start: all }, { await: converged, within: 5s }, { wait: 3s }, { pause: b }, { wait: 1s }]",
  ];
  const file = written("impatient.yaml", text.join("\n"));
  const { stdout, stderr, exitCode } = await runHearsay(["run", "--sim", "--seeds", "3", file]);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("1 of 3 runs failed: impatient (rng seed 3)");
  expect(stdout).toContain(`replay: hearsay run --sim --rng-seed 3 ${file}`);
  expect(stdout).not.toContain("--rng-seed 2");
});

test("a scenario is a program", async () => {
  const program = written("hearsay", `#!/bin/sh\nexec "${process.execPath}" "${ENTRY}" "$@"\n`);
  chmodSync(program, 0o755);
  const child = spawn(shipped("graceful-leave"), ["--sim"], {
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { exitCode, stdout } = await outcomeOf(child);
  expect(stdout).toMatch(/graceful leave.*passed/);
  expect(exitCode).toBe(0);
});

test(
  "a daemon that cannot start is named, with its own words",
  async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as { readonly port: number };
    const host = { prefix: [], bind: "127.0.0.1:0", extra: [] };
    const cluster = new ProcessBackend({
      entry: ENTRY,
      config: { profile: "local", settings: {} },
      env: process.env,
      hosts: {
        of: (node) => ({ ...host, api: `127.0.0.1:${node === "b" ? port : 0}` }),
        close: async () => {},
      },
    });
    const order = (node: string) => ({ node, member: node, join: [] });
    try {
      await expect(cluster.start([order("a"), order("b")])).rejects.toThrow(
        /^b did not start: .*in use/s,
      );
    } finally {
      await cluster.close();
      taken.close();
    }
  },
  RUN_MS,
);

test("a long list of runs leaves nothing behind that Node would warn of", async () => {
  const list = Array.from({ length: 12 }, () => shipped("graceful-leave"));
  const { exitCode, stderr } = await runHearsay(["run", "--sim", ...list]);
  expect(exitCode).toBe(0);
  expect(stderr).not.toContain("Warning");
});
