import { setTimeout as pause } from "node:timers/promises";
import { identifyProcess, isStillRunning } from "../../../cluster/process/process-identity.ts";
import { formatSpan } from "../../../text/quantities.ts";
import { Doubts } from "../../doubts.ts";
import { FigureSheet, type MeasureRow } from "../bench-row.ts";
import { AS_IT_COMES, type BenchCluster } from "../candidate.ts";
import { withFormedCluster } from "../formation.ts";

/**
 * All are told to leave at once; a machine with few cores needs its time for that many goodbyes.
 */
const PATIENCE_MS = 30_000;

/**
 * Many processes on one machine: they meet, nobody is suspected in vain to death, and they go
 * without remainder.
 */
export const measureStable: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  const { stableMs, stableSize } = plan;
  const at = `stable, n = ${stableSize}`;
  await withFormedCluster(candidate, AS_IT_COMES, stableSize, async (formed) => {
    const { cluster, names, formation } = formed;
    const upMs = formation.fullMs - formation.spawnedMs;
    progress(`n = ${stableSize}: up after ${formatSpan(upMs)}; watching ${formatSpan(stableMs)}`);
    sheet.add({ what: `${at}: first spawn → all views full`, unit: "ms", samples: [upMs] });
    const doubts = new Doubts(cluster);
    await pause(stableMs);
    doubts.stop();
    const during = `in ${formatSpan(stableMs)}`;
    const suspected = doubts.suspicionsFound;
    sheet.add({ what: `${at}: false suspicions ${during}`, unit: "count", samples: [suspected] });
    sheet.add({
      what: `${at}: false deaths ${during}`,
      unit: "count",
      goal: "0",
      mustBeZero: true,
      samples: [doubts.deaths],
    });
    const { tookMs, left } = await goDown(cluster, names);
    sheet.add({ what: `${at}: all asked to leave → all ended`, unit: "ms", samples: [tookMs] });
    sheet.add({
      what: `${at}: processes left behind`,
      unit: "count",
      goal: "0",
      mustBeZero: true,
      samples: [left],
    });
  });
  return sheet.figures;
};

/**
 * Asks all to leave, as Ctrl-C does.
 *
 * @returns how long the last one took, and how many the system still knows afterwards
 */
async function goDown(
  cluster: BenchCluster,
  names: readonly string[],
): Promise<{ tookMs: number; left: number }> {
  const identities = [...cluster.pids(names).values()].map((pid) => ({
    pid,
    ...identifyProcess(pid),
  }));
  const beginMs = cluster.nowMs;
  for (const { pid } of identities) process.kill(pid, "SIGINT");
  const areGone = () => names.every((name) => cluster.state.process(name).is === "down");
  await cluster.until(areGone, PATIENCE_MS);
  const tookMs = cluster.nowMs - beginMs;
  const left = identities.filter(
    ({ pid, start }) => start !== undefined && isStillRunning(pid, start),
  ).length;
  return { tookMs, left };
}
