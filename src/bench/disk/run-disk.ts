import { median } from "../../text/quantiles.ts";
import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { readConditions } from "../conditions.ts";
import { losePower } from "./power-loss.ts";

/** What is measured; short shows that it works. */
export interface DiskChoice {
  readonly preset: "full" | "short";
  readonly nodes?: number | undefined;
  readonly runs?: number | undefined;
}

const PLANS = {
  full: { nodes: 10, runs: 5, profile: "lan" },
  short: { nodes: 3, runs: 1, profile: "local" },
} as const;

/** `hearsay bench disk`: how long a cluster takes that lost power at once, and has its data directories alone. */
export async function runDiskBench(choice: DiskChoice, output: BenchOutput): Promise<void> {
  const { profile, ...preset } = PLANS[choice.preset];
  const { nodes = preset.nodes, runs = preset.runs } = choice;
  const conditions = readConditions(undefined);
  const rows = [];
  for (const hasMoved of [false, true]) {
    const backMs: number[] = [];
    for (let run = 1; run <= runs; run++) {
      output.talk(`${nodes} daemons, ${describe(hasMoved)}: run ${run} of ${runs} …`);
      backMs.push(await losePower({ nodes, profile, hasMoved }));
    }
    rows.push({ hasMoved, backMs: backMs.sort((a, b) => a - b) });
  }
  const table = rows.map(({ hasMoved, backMs }) => [
    describe(hasMoved),
    String(nodes),
    ...[median(backMs), backMs.at(-1)].map((ms = Number.NaN) => `${(ms / 1000).toFixed(2)} s`),
  ]);
  const columns = ["ADDRESSES", right("NODES"), right("ONE VIEW, MEDIAN"), right("WORST")];
  putFigures(output, { conditions, nodes, profile, rows }, formatTable(columns, table));
  output.talk("All were killed at once; the time begins when the last one listens again.");
}

function describe(hasMoved: boolean): string {
  return hasMoved ? "all but one new" : "as before";
}
