import { expect, test } from "vitest";
import type { Figure } from "../../cli/bench/figure.ts";
import { ROW_NAMES } from "../../cli/bench/plan.ts";
import { runHearsay } from "./run-hearsay.ts";

/** What a row puts on its lines, so that each row is known to have been measured. */
const BEGINS: Readonly<Record<(typeof ROW_NAMES)[number], string>> = {
  kill: "SIGKILL",
  stop: "SIGSTOP",
  back: "SIGCONT",
  start: "start",
  leave: "leave",
  idle: "idle",
  stable: "stable",
};

test("the short preset measures every row, without a false death and without a process left", async () => {
  const { exitCode, stdout, stderr } = await runHearsay([
    ...["bench", "cluster", "--preset", "short", "--json"],
  ]);
  expect(exitCode, stderr).toBe(0);
  const { figures, faults } = JSON.parse(stdout) as { figures: Figure[]; faults: string[] };
  expect(faults).toEqual([]);
  for (const row of ROW_NAMES) {
    const ofRow = figures.filter(({ what }) => what.startsWith(BEGINS[row]));
    expect(ofRow.flatMap(({ samples }) => samples).length, row).toBeGreaterThan(0);
  }
  const never = figures.filter(({ mustBeZero }) => mustBeZero === true);
  expect(never.flatMap(({ samples }) => samples)).toEqual([0, 0, 0, 0]);
}, 120_000);

test("Serf is not measured in silence where it is missing", async () => {
  const words = ["bench", "cluster", "--preset", "short", "--beside", "serf"];
  const { exitCode, stderr } = await runHearsay(words, { PATH: "/nonexistent" });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^hearsay: --beside serf: there is no serf on PATH; install it .*\n$/);
});
