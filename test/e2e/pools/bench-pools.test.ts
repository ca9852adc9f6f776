import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { obstacleToNamespaces } from "../../../cli/scenario/own-namespace.ts";
import { runHearsay } from "../run-hearsay.ts";

const lacksSerf = spawnSync("serf", ["version"]).error !== undefined;
const obstacle = process.env.CI === undefined && lacksSerf ? "no serf" : obstacleToNamespaces();

/** A figure in the JSON of the command, as far as it is looked at. */
interface Figure {
  readonly what: string;
  readonly samples: readonly (number | null)[];
}

test.skipIf(obstacle !== undefined)(
  `two members cut off each other: exactly their paths are named, and the pool notices nothing (${obstacle ?? "nft"})`,
  async () => {
    const words = ["bench", "pools", "--preset", "short", "--rows", "cut", "--json"];
    const { exitCode, stdout, stderr } = await runHearsay(words, {}, 60_000);
    expect(exitCode, stderr).toBe(0);
    const { figures } = JSON.parse(stdout) as { figures: Figure[] };
    const samples = figures.map(({ what, samples }) => [what, samples]);
    expect(samples).toEqual([
      ["two members cut off each other → both paths named", [expect.any(Number)]],
      ["other paths named", [0]],
      ["suspicions in the pool meanwhile", [expect.any(Number)]],
      ["deaths in the pool meanwhile", [0]],
    ]);
  },
  60_000,
);
