import { expect, test } from "vitest";
import { runHearsay } from "./run-hearsay.ts";

test("sim shows how crashes became known, and the same run again for the same seed", async () => {
  const words = ["sim", "--nodes", "8", "--crash", "2", "--duration", "8s", "--rng-seed", "5"];
  const text = await runHearsay(words);
  expect(text.exitCode).toBe(0);
  expect(text.stdout).toMatch(/^process crash +2 /m);
  expect(text.stdout).toContain("running members declared dead: 0");
  const [first, second] = await Promise.all([
    runHearsay([...words, "--json"]),
    runHearsay([...words, "--json"]),
  ]);
  const result = JSON.parse(first.stdout);
  expect(result).toMatchObject({ v: 1, falseDeaths: 0, isConverged: true });
  expect(JSON.parse(second.stdout).digest).toBe(result.digest);
  expect(text.stdout).toContain(result.digest);
});

test("sim --swarm runs seeds on threads, and a seed alone shows what it drew", async () => {
  const swarm = await runHearsay(["sim", "--swarm", "--seeds", "4", "--from", "11", "--json"]);
  expect(swarm.exitCode).toBe(0);
  expect(JSON.parse(swarm.stdout)).toMatchObject({ v: 1, from: 11, seeds: 4, violations: [] });
  const one = await runHearsay(["sim", "--swarm", "--rng-seed", "11"]);
  expect(one.exitCode).toBe(0);
  expect(one.stdout).toMatch(/^seed 11\ndrawn:\n/);
  expect(one.stdout).toContain("no rule broken");
});

test.each([
  [["--nodes", "0"], "--nodes"],
  [["--nodes", "4", "--crash", "5"], "--crash"],
  [["--loss", "1"], "--loss"],
  [["--seeds", "5"], "--swarm"],
  [["--swarm", "--seeds", "5", "--rng-seed", "1"], "--rng-seed"],
])("sim %j is refused in one line that names %s", async (words, named) => {
  const { exitCode, stderr } = await runHearsay(["sim", ...words]);
  expect(exitCode).toBe(2);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).toContain(named);
});
