import { expect, test } from "vitest";
import { runHearsay } from "./run-hearsay.ts";

const SHORT = ["--preset", "short", "--nodes", "2", "--json"];

test("bench keys changes the key of real daemons, and tells what seals cost", async () => {
  const { exitCode, stdout } = await runHearsay(["bench", "keys", ...SHORT]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    seal: [60, 300, 1200].map((payloadBytes) => ({ payloadBytes })),
    rotation: { nodes: 2, suspicions: 0, deaths: 0 },
  });
});

test("bench disk brings daemons back that were killed at once, without seeds", async () => {
  const { exitCode, stdout } = await runHearsay(["bench", "disk", ...SHORT], {}, 60_000);
  expect(exitCode).toBe(0);
  const { rows } = JSON.parse(stdout) as { rows: { hasMoved: boolean; backMs: number[] }[] };
  expect(rows.map(({ hasMoved, backMs }) => [hasMoved, backMs.length])).toEqual([
    [false, 1],
    [true, 1],
  ]);
}, 60_000);
