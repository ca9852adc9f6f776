import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { numberedNodes } from "../../cluster/cluster.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { ProfileName } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { ENTRY } from "../../daemon/program.ts";
import { withScratchDirectory } from "../../files/scratch-directory.ts";
import { median } from "../../text/quantiles.ts";
import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { readConditions } from "../conditions.ts";
import { reserveAddress } from "../free-address.ts";
import type { Preset } from "../preset.ts";

/** What is measured; short shows that it works. */
export interface DiskChoice {
  readonly preset: Preset;
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

/** A cluster that loses power, and comes back with nothing but its data directories. */
interface PowerLossPlan {
  readonly nodes: number;
  readonly profile: ProfileName;
  /** Whether every address but one is another one afterwards. */
  readonly hasMoved: boolean;
}

const FORMED_MS: Millis = 60_000;
const BACK_MS: Millis = 60_000;
const SAVED_MS: Millis = 1_000;

/**
 * Forms a cluster, kills all of its processes at once, and starts them again in a random order without any seed.
 *
 * @returns how long after the last one listened all of them saw all
 */
function losePower(plan: PowerLossPlan): Promise<Millis> {
  return withScratchDirectory((directory) => losePowerIn(directory, plan));
}

async function losePowerIn(
  directory: string,
  { nodes, profile, hasMoved }: PowerLossPlan,
): Promise<Millis> {
  const names = numberedNodes(nodes);
  const addresses = new Map<string, string>();
  for (const name of names) {
    addresses.set(name, await reserveAddress());
    mkdirSync(join(directory, name));
  }
  const cluster = new LocalCluster({
    ...{ names, profile, entry: ENTRY },
    extraOf: (name) => ["--data-dir", join(directory, name)],
    bindOf: (name) => addresses.get(name) ?? "127.0.0.1:0",
  });
  try {
    await cluster.form(FORMED_MS);
    // What a daemon has learnt reaches its disk within a moment.
    await pause(SAVED_MS);
    await cluster.end(names, "kill");
    if (hasMoved) for (const name of names.slice(1)) addresses.set(name, await reserveAddress());
    for (const name of shuffled(names)) {
      await cluster.start([{ node: name, member: name, join: [] }]);
    }
    const upMs = performance.now();
    await cluster.allSee("alive", names, names, BACK_MS);
    return Math.round(performance.now() - upMs);
  } finally {
    await cluster.close();
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
