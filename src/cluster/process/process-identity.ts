import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What the system says of a running process. */
export interface ProcessIdentity {
  /** Together with the pid it names one process for ever; a pid alone is given away again. */
  readonly start: string;
  /** Whether it is stopped by a signal (frozen). */
  readonly isStopped: boolean;
}

/** The process that has this pid now, or undefined when none runs (one that ended but was not yet reaped is none). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  return process.platform === "linux" ? identifyFromProc(pid) : identifyFromPs(pid);
}

/** Whether the process that was remembered by pid and start still runs. */
export function isStillRunning(pid: number, start: string): boolean {
  return identifyProcess(pid)?.start === start;
}

function identifyFromProc(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The command name, in parentheses, may hold spaces and parentheses itself: fields count from behind the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  if (state === "Z" || state === "X") return undefined;
  return { start: `${bootId()}/${fields[19]}`, isStopped: state === "T" };
}

/** The start is counted in ticks since boot, so the boot belongs to it. */
function bootId(): string {
  return readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
}

function identifyFromPs(pid: number): ProcessIdentity | undefined {
  try {
    const text = execFileSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
    const [state = "", ...start] = text.split(/\s+/);
    if (text === "" || state.startsWith("Z")) return undefined;
    return { start: start.join(" "), isStopped: state.startsWith("T") };
  } catch {
    return undefined;
  }
}
