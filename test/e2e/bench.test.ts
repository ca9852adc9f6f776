import { spawnSync } from "node:child_process";
import { beforeAll, expect, test } from "vitest";
import type { Figure } from "../../src/bench/cluster/figure.ts";
import { runHearsay } from "./run-hearsay.ts";

const RUN_MS = 120_000;
let figures: readonly Figure[];
let faults: readonly string[];

beforeAll(async () => {
  const words = ["bench", "cluster", "--preset", "short", "--json"];
  const { exitCode, stdout, stderr } = await runHearsay(words, {}, RUN_MS);
  expect(exitCode, stderr).toBe(0);
  ({ figures, faults } = JSON.parse(stdout));
}, RUN_MS);

test.each([
  ["kill", "SIGKILL → last survivor knows, n = 3"],
  ["stop", "SIGSTOP for 0.15 s, n = 3: called dead"],
  ["back", "SIGCONT → seen alive by all, n = 3"],
  ["start", "start, n = 3: last one up → all views full"],
  ["leave", "leave → known to all, n = 3"],
  ["flood", "flood: SIGKILL → last survivor knows, n = 3, 5,000 junk datagrams/s to one"],
  ["idle", "idle, n = 3: UDP payload sent by a node"],
  ["stable", "stable, n = 4: first spawn → all views full"],
])("the bench measures the row %s", (_row, what) => {
  expect(figures.find((figure) => figure.what === what)?.samples).not.toHaveLength(0);
});

test("what must never be is measured, and is not", () => {
  expect(faults).toEqual([]);
  const mustBeZero = figures.filter((figure) => figure.mustBeZero === true);
  expect(mustBeZero.map(({ what, samples }) => [what.split(/[ ,]/)[0], samples])).toEqual([
    ["SIGSTOP", [0]],
    ["leave", [0]],
    ["flood:", [0]],
    ["stable", [0]],
    ["stable", [0]],
  ]);
});

// In CI it is installed; elsewhere: apt-get install serf.
const lacksSerf =
  process.env.CI === undefined && spawnSync("serf", ["version"]).error !== undefined;

test.skipIf(lacksSerf)("Serf is measured beside it, where it is installed", async () => {
  const words = ["bench", "cluster", "--preset", "short", "--rows", "leave", "--json"];
  const { exitCode, stdout, stderr } = await runHearsay([...words, "--beside", "serf"]);
  expect(exitCode, stderr).toBe(0);
  const { figures } = JSON.parse(stdout) as { figures: Figure[] };
  const ofSerf = figures.filter(({ candidate }) => candidate === "serf");
  expect(ofSerf.flatMap(({ samples }) => samples)).not.toHaveLength(0);
});

test("Serf is not left out in silence where it is asked for and missing", async () => {
  const words = ["bench", "cluster", "--preset", "short", "--beside", "serf"];
  const { exitCode, stderr } = await runHearsay(words, { PATH: "/nonexistent" });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^hearsay: --beside serf: there is no serf on PATH; install it .*\n$/);
});
