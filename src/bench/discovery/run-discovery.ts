import { exitOnSignals } from "../../cluster/process/exit-on-signals.ts";
import { ConditionNotMetError } from "../../core/errors.ts";
import { formatSpan } from "../../text/quantities.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { describeConditions, isBusy, readConditions } from "../conditions.ts";
import { type DiscoveryFigure, formatFigures, isMet } from "./discovery-figure.ts";
import type { DiscoveryPlan, DiscoveryRow } from "./discovery-plan.ts";
import { findHaproxyVersion } from "./haproxy.ts";
import { measureKill, measureLeave } from "./rows/balanced.ts";
import { measureCascade } from "./rows/cascade.ts";
import { measureReaders } from "./rows/readers.ts";
import { measureRequests } from "./rows/requests.ts";
import { measureRestart } from "./rows/restart.ts";
import { measureWatchers } from "./rows/watchers.ts";

const ROWS: Readonly<Record<DiscoveryRow, (plan: DiscoveryPlan) => Promise<DiscoveryFigure[]>>> = {
  kill: measureKill,
  leave: measureLeave,
  cascade: measureCascade,
  restart: measureRestart,
  watchers: measureWatchers,
  readers: measureReaders,
  requests: measureRequests,
};

const NEEDS_HAPROXY: ReadonlySet<DiscoveryRow> = new Set(["kill", "leave", "cascade", "restart"]);

/**
 * What consumers see of a cluster, measured with real daemons and a real load balancer on this machine.
 *
 * @throws ConditionNotMetError where a row did not come about, or something happened that must never
 */
export async function runDiscoveryBench(plan: DiscoveryPlan, output: BenchOutput): Promise<void> {
  // The exit handlers of the clusters end the processes.
  exitOnSignals();
  const haproxy = findHaproxyVersion();
  const conditions = { ...readConditions(undefined), haproxy: haproxy ?? null };
  if (isBusy(conditions)) output.talk("This machine is busy; the figures will show it.");
  const left = haproxy === undefined ? plan.rows.filter((row) => NEEDS_HAPROXY.has(row)) : [];
  if (left.length > 0) {
    output.talk(
      `There is no haproxy on PATH (Debian: apt-get install haproxy); left out: ${left.join(", ")}.`,
    );
  }
  const figures: DiscoveryFigure[] = [];
  const beginMs = performance.now();
  for (const row of plan.rows.filter((each) => !left.includes(each))) {
    output.talk(`${formatSpan(performance.now() - beginMs).padStart(6)}  ${row}`);
    figures.push(...(await ROWS[row](plan)));
  }
  const judged = figures.map((figure) => ({ ...figure, isMet: isMet(figure) }));
  putFigures(output, { conditions, plan, figures: judged }, formatFigures(figures));
  output.talk(`HAProxy ${haproxy ?? "-"}, ${describeConditions(conditions)}`);
  const faults = figures.filter((figure) => figure.must && !isMet(figure));
  if (faults.length > 0) throw new ConditionNotMetError(faults.map(({ what }) => what).join("; "));
}
