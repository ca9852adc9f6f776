import { ConditionNotMetError } from "../../core/errors.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import { median, quantile } from "../../text/quantiles.ts";
import { formatMillis } from "../../text/quantities.ts";
import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { findSerfVersion } from "../cluster/serf/serf-program.ts";
import { describeConditions, isBusy, readConditions } from "../conditions.ts";
import type { Preset } from "../preset.ts";
import {
  type PoolFigure,
  type PoolRow,
  playCut,
  playKill,
  playLoss,
  playStop,
} from "./pool-rows.ts";
import { WatchedPool } from "./watched-pool.ts";

const PLANS = { full: { runs: 5, lossMs: 60_000 }, short: { runs: 1, lossMs: 15_000 } } as const;
const NAMES = ["s1", "s2", "s3", "s4"] as const;
const VICTIM = "s3";

/** A figure over all runs. */
interface Summary {
  readonly row: PoolRow;
  readonly what: string;
  readonly unit: PoolFigure["unit"];
  readonly samples: readonly (number | null)[];
}

/**
 * `hearsay bench pools`: what a guest sees of a real Serf pool, and when, while the same faults are played as elsewhere.
 * Each agent has a host of its own; only in a network namespace of this process's own.
 */
export async function runPoolsBench(
  preset: Preset,
  rows: readonly PoolRow[],
  output: BenchOutput,
): Promise<void> {
  const serf = findSerfVersion();
  if (serf === undefined) {
    throw new ConditionNotMetError(
      "there is no serf on PATH; install it (Debian: apt-get install serf)",
    );
  }
  const conditions = readConditions(serf);
  const { runs, lossMs } = PLANS[preset];
  const figures: PoolFigure[] = [];
  for (const row of rows) {
    for (let run = 1; run <= (row === "loss" ? 1 : runs); run++) {
      output.talk(`${row}, run ${run} …`);
      figures.push(...(await playIn(row, lossMs)));
    }
  }
  const summaries = summarize(figures);
  putFigures(output, { conditions, figures: summaries }, formatSummaries(summaries));
  const busy = isBusy(conditions)
    ? " on a machine that does something else as well, which the figures show"
    : "";
  output.talk(`${NAMES.length} agents of Serf ${serf}${busy}. ${describeConditions(conditions)}`);
}

async function playIn(row: PoolRow, lossMs: Millis): Promise<PoolFigure[]> {
  const pool = await WatchedPool.open(NAMES satisfies readonly MemberName[]);
  try {
    if (row === "kill") return await playKill(pool, VICTIM);
    if (row === "stop") return await playStop(pool, VICTIM);
    if (row === "cut") return await playCut(pool, ["s2", VICTIM]);
    return await playLoss(pool, VICTIM, lossMs);
  } finally {
    await pool.close();
  }
}

function summarize(figures: readonly PoolFigure[]): Summary[] {
  const byWhat = new Map<string, Summary>();
  for (const { row, what, unit, value } of figures) {
    const samples = byWhat.get(what)?.samples ?? [];
    byWhat.set(what, { row, what, unit, samples: [...samples, value] });
  }
  return [...byWhat.values()];
}

function formatSummaries(summaries: readonly Summary[]): string[] {
  const rows = summaries.map(({ what, unit, samples }) => {
    const known = samples.filter((value) => value !== null);
    const never = samples.length - known.length;
    const cells = [median(known), quantile(known, 1)].map((value) =>
      Number.isNaN(value) ? "-" : formatValue(value, unit),
    );
    return [what, ...cells, never === 0 ? "" : `${never} of ${samples.length} never`];
  });
  return formatTable(["WHAT", right("MEDIAN"), right("WORST"), ""], rows);
}

function formatValue(value: number, unit: PoolFigure["unit"]): string {
  if (unit === "ms") return formatMillis(value);
  return unit === "share" ? `${Math.round(value * 100)} %` : String(value);
}
