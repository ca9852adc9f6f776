import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CANDIDATE_NAMES } from "../../src/bench/detector/candidates/candidate.ts";
import { BEGIN_MARK, END_MARK } from "../../src/bench/detector/report/markdown.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { runHearsay } from "./run-hearsay.ts";

test("bench detector compares all of them on the short preset and tells what came out", async () => {
  const { exitCode, stdout, stderr } = await runHearsay([
    ...["bench", "detector", "--preset", "short", "--json"],
    ...["--workload", "process-crash,freeze-5s,rolling-restart,calm-loss-20"],
  ]);
  expect(stderr).toContain("process-crash, n = 8, hearsay");
  expect(exitCode).toBe(0);
  const { v, figures } = JSON.parse(stdout) as {
    v: number;
    figures: { workload: string; candidate: string; counts: Record<string, number> }[];
  };
  expect(v).toBe(1);
  const crashes = figures.filter(({ workload }) => workload === "process-crash");
  expect(crashes.map(({ candidate }) => candidate)).toEqual([...CANDIDATE_NAMES]);
  const ofHearsay = figures.filter(({ candidate }) => candidate === "hearsay");
  expect(ofHearsay.map(({ counts }) => [counts.missed ?? 0, counts.falseDeaths])).toEqual(
    ofHearsay.map(() => [0, 0]),
  );
});

test("bench detector writes the report and its plot, and the same ones again", async () => {
  const folder = temporaryDirectory();
  const out = join(folder, "report.md");
  await writeFile(out, `# Words of ours\n${BEGIN_MARK}\n${END_MARK}\n`);
  const words = ["bench", "detector", "--preset", "short", "--workload", "idle", "--n", "3,6"];
  const first = await runHearsay([...words, "--out", out]);
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toMatch(/workload +n +who/);
  const report = await readFile(out, "utf8");
  expect(report).toContain("| idle | 6 | lifeguard |");
  expect(report).toMatch(/it probes every \d+ ms at n = 3, \d+ ms at n = 6\./);
  expect(await readdir(folder)).toEqual(["detector-cost-vs-n.svg", "report.md"]);
  await runHearsay([...words, "--out", out]);
  expect(await readFile(out, "utf8")).toBe(report);
});

test("a document that cannot take the report is refused before anything runs", async () => {
  const out = join(temporaryDirectory(), "missing.md");
  const { exitCode, stderr } = await runHearsay(["bench", "detector", "--out", out]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^hearsay: --out: .*missing\.md cannot be read .*; name a Markdown/);
});
