import { setTimeout as pause } from "node:timers/promises";
import { formatSpan } from "../../../text/quantities.ts";
import { type ProcessUsage, readProcessUsage } from "../../process-usage.ts";
import { FigureSheet, type MeasureRow } from "../bench-row.ts";
import { AS_IT_COMES, type BenchCluster } from "../candidate.ts";
import { withFormedCluster } from "../formation.ts";

/** The share of the time that start and meeting may take; what is measured lies behind it. */
const WARM_UP_SHARE = 0.25;
const BYTES_PER_MIB = 1024 * 1024;

/** Nothing happens: what a node costs. */
export const measureIdle: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  const { idleMs, idleSize } = plan;
  await withFormedCluster(candidate, AS_IT_COMES, idleSize, async ({ cluster, names }) => {
    progress(`n = ${idleSize}: idle for ${formatSpan(idleMs)}`);
    await pause(idleMs * WARM_UP_SHARE);
    const endTraffic = await cluster.watchTraffic();
    const before = readUsages(cluster, names);
    const beginMs = performance.now();
    await pause(idleMs * (1 - WARM_UP_SHARE));
    const after = readUsages(cluster, names);
    const spanMs = performance.now() - beginMs;
    const traffic = await endTraffic();
    const at = `idle, n = ${idleSize}`;
    sheet.add({
      what: `${at}: CPU of a node`,
      unit: "percent",
      goal: "≤ 1 %",
      samples: cpuShares(before, after, spanMs),
    });
    sheet.add({
      what: `${at}: RSS after ${formatSpan(idleMs)}`,
      unit: "MiB",
      goal: "≤ 80 MiB",
      samples: [...after.values()].map(({ residentBytes }) => residentBytes / BYTES_PER_MIB),
    });
    sheet.add({
      what: `${at}: UDP payload sent by a node`,
      unit: "bytes/s",
      goal: "≤ 2 kB/s",
      samples: traffic.map(({ bytesPerSecond }) => bytesPerSecond),
    });
    sheet.add({
      what: `${at}: datagrams sent by a node`,
      unit: "datagrams/s",
      samples: traffic.map(({ datagramsPerSecond }) => datagramsPerSecond),
    });
  });
  return sheet.figures;
};

type Usages = ReadonlyMap<string, ProcessUsage>;

function readUsages(cluster: BenchCluster, names: readonly string[]): Usages {
  const usages = new Map<string, ProcessUsage>();
  for (const [name, pid] of cluster.pids(names)) {
    const usage = readProcessUsage(pid);
    if (usage !== undefined) usages.set(name, usage);
  }
  return usages;
}

function cpuShares(before: Usages, after: Usages, spanMs: number): number[] {
  return [...after].flatMap(([name, { cpuMs }]) => {
    const begin = before.get(name);
    return begin === undefined ? [] : [((cpuMs - begin.cpuMs) / spanMs) * 100];
  });
}
