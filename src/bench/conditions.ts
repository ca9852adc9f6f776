import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { packageVersion } from "../daemon/version.ts";

/** What figures depend on besides the programs: it belongs to every table. */
export interface Conditions {
  readonly date: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Mean number of running processes in the last minute, before the first one of ours. */
  readonly load: number;
  readonly node: string;
  readonly hearsay: string;
  readonly serf: string | null;
}

/** The machine and the programs that the figures belong to. `serf`: its version, where it is measured too. */
export function readConditions(serf: string | undefined): Conditions {
  return {
    date: new Date().toISOString(),
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model.trim() ?? "unknown processor",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    node: process.version,
    hearsay: packageVersion(),
    serf: serf ?? null,
  };
}

/** What the figures of one machine are read with, in one line. */
export function describeConditions({ node, cores, load }: Conditions): string {
  return `Node ${node}, ${cores} cores, load ${load} at the start.`;
}

/** Whether something else keeps the machine busy: then the figures speak of that as well. */
export function isBusy({ load, cores }: Conditions): boolean {
  return load > cores / 4;
}
