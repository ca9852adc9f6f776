import { exitOnSignals } from "../../cluster/process/exit-on-signals.ts";
import { ConditionNotMetError, ConfigError } from "../../core/errors.ts";
import { formatCount, formatSpan } from "../../text/quantities.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { isBusy, readConditions } from "../conditions.ts";
import type { MeasureRow } from "./bench-row.ts";
import type { Candidate } from "./candidate.ts";
import { hearsayCandidate, serfCandidate } from "./candidates.ts";
import { type Figure, summarize } from "./figure.ts";
import type { BenchPlan, BesideName, RowName } from "./plan.ts";
import { formatReport, reportBody } from "./report.ts";
import { measureBack } from "./rows/back.ts";
import { measureFlood } from "./rows/flood.ts";
import { measureIdle } from "./rows/idle.ts";
import { measureKill } from "./rows/kill.ts";
import { measureLeave } from "./rows/leave.ts";
import { measureStable } from "./rows/stable.ts";
import { measureStart } from "./rows/start.ts";
import { measureStop } from "./rows/stop.ts";
import { findSerfVersion } from "./serf/serf-program.ts";

const ROWS: Readonly<Record<RowName, MeasureRow>> = {
  kill: measureKill,
  stop: measureStop,
  back: measureBack,
  start: measureStart,
  leave: measureLeave,
  flood: measureFlood,
  idle: measureIdle,
  stable: measureStable,
};

/**
 * Measures clusters of real processes on this machine and tells the table.
 *
 * @throws ConditionNotMetError where a row did not come about, or hearsay did what it must never do
 */
export async function runBench(
  plan: BenchPlan,
  beside: BesideName,
  output: BenchOutput,
): Promise<void> {
  // The exit handlers of the clusters end the processes.
  exitOnSignals();
  const serf = beside === "none" ? undefined : findSerfVersion();
  if (beside === "serf" && serf === undefined) {
    throw new ConfigError(
      "--beside serf: there is no serf on PATH; install it (Debian: apt-get install serf) " +
        "or use --beside none",
    );
  }
  const conditions = readConditions(serf);
  if (isBusy(conditions)) {
    output.talk(
      `This machine is busy (load ${conditions.load} on ${formatCount(conditions.cores, "core")}): ` +
        "the figures will show it.",
    );
  }
  const candidates = [
    hearsayCandidate(plan.profile),
    ...(serf === undefined ? [] : [serfCandidate(plan.profile)]),
  ];
  const { figures, faults } = await measureAll(plan, candidates, output);
  const names = candidates.map(({ name }) => name);
  const report = { conditions, plan, candidates: names, figures, faults };
  putFigures(output, reportBody(report), formatReport(report));
  if (faults.length > 0) throw new ConditionNotMetError(faults.join("; "));
}

/**
 * One row after the other, each for all candidates: they meet the same machine, and never each
 * other.
 */
async function measureAll(
  plan: BenchPlan,
  candidates: readonly Candidate[],
  output: BenchOutput,
): Promise<{ figures: Figure[]; faults: string[] }> {
  const beginMs = performance.now();
  const figures: Figure[] = [];
  const faults: string[] = [];
  for (const row of plan.rows) {
    for (const candidate of candidates) {
      const progress = (text: string) => {
        const at = formatSpan(performance.now() - beginMs).padStart(6);
        output.talk(`${at}  ${row}, ${candidate.name}: ${text}`);
      };
      try {
        const measured = await ROWS[row]({ plan, candidate, progress });
        figures.push(...measured);
        faults.push(...measured.filter(isFault).map(tellFault));
      } catch (error) {
        if (!(error instanceof ConditionNotMetError)) throw error;
        progress(error.message);
        faults.push(`${row}, ${candidate.name}: ${error.message}`);
      }
    }
  }
  return { figures, faults };
}

function isFault({ candidate, mustBeZero, samples }: Figure): boolean {
  return candidate === "hearsay" && mustBeZero === true && (summarize(samples)?.sum ?? 0) > 0;
}

function tellFault({ what, samples }: Figure): string {
  return `${what}: ${summarize(samples)?.sum}, and it must never be`;
}
