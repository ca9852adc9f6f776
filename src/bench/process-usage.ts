import { readFileSync } from "node:fs";

/** What a process has used of its machine. */
export interface ProcessUsage {
  /** CPU time of all its threads since it began, user and system. */
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Linux counts CPU time in hundredths of a second for user space, whatever its own tick is. */
const TICK_MS = 10;

/** What a process has used, or undefined where the system does not tell (no /proc, or it ended). */
export function readProcessUsage(pid: number): ProcessUsage | undefined {
  try {
    const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "latin1");
    return parseProcessUsage(read("stat"), read("status"));
  } catch {
    return undefined;
  }
}

/** From the texts of `/proc/<pid>/stat` and `/proc/<pid>/status`. */
export function parseProcessUsage(stat: string, status: string): ProcessUsage | undefined {
  // The command name, in parentheses, may hold spaces and parentheses itself: fields count from
  // behind the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (Number.isNaN(ticks) || resident === undefined) return undefined;
  return { cpuMs: ticks * TICK_MS, residentBytes: Number(resident) * 1024 };
}
