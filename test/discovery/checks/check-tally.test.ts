import { expect, test } from "vitest";
import { NO_RUNS, tallyRun, worstHealth } from "../../../src/discovery/checks/check-tally.ts";

const LIMITS = { passAfter: 2, failAfter: 3 };
const RESULTS = { p: "passed", f: "failed", n: "not-run" } as const;

/** The health after each of the runs, by their first letters. */
function healths(runs: string): string {
  let tally = NO_RUNS;
  return [...runs]
    .map((run) => {
      tally = tallyRun(tally, RESULTS[run as keyof typeof RESULTS], LIMITS);
      return tally.health?.[0];
    })
    .join("");
}

test.each([
  ["the first run decides alone: it passed", "p", "p"],
  ["the first run decides alone: it failed", "f", "c"],
  ["the first run decides alone: it could not be run, which is no failure", "n", "u"],
  ["failures count only in a row", "pffpffpfff", "pppppppppc"],
  ["so do passes", "fpfpp", "ccccp"],
  ["a check that cannot run blames nobody before it failed to run often enough", "pnnn", "pppu"],
  ["nor is it cured by failing to run", "fnnp", "cccc"],
])("%s", (_rule, runs, expected) => {
  expect(healths(runs)).toBe(expected);
});

test.each([
  [[], "passing"],
  [["passing", "unknown"], "unknown"],
  [["unknown", "critical", "starting", "passing"], "critical"],
  [["unknown", "starting", "passing"], "starting"],
] as const)("a service with checks that are %j is %s", (each, health) => {
  expect(worstHealth(each)).toBe(health);
});
