import { setTimeout as pause } from "node:timers/promises";
import type { Millis } from "../../core/member.ts";
import { isStillRunning } from "./process-identity.ts";

/** A process that need not be our child, by what names it for ever. */
export interface RememberedProcess {
  readonly pid: number;
  /** See `ProcessIdentity.start`. */
  readonly processStart: string;
}

/** The end of a process that is not our child can only be looked for. */
const LOOK_MS: Millis = 20;

/** Ends these processes: by SIGTERM, and those that still run after `killAfterMs` by SIGKILL. Returns the latter. */
export async function endProcesses<P extends RememberedProcess>(
  processes: readonly P[],
  killAfterMs: Millis,
): Promise<P[]> {
  for (const each of processes) {
    signal(each, "SIGTERM");
    // A frozen one sees the signal once it runs again.
    signal(each, "SIGCONT");
  }
  const killed = await remaining(processes, killAfterMs);
  for (const each of killed) signal(each, "SIGKILL");
  await remaining(killed, killAfterMs);
  return killed;
}

async function remaining<P extends RememberedProcess>(
  processes: readonly P[],
  withinMs: Millis,
): Promise<P[]> {
  const deadlineMs = performance.now() + withinMs;
  let left = processes.filter(isRunning);
  while (left.length > 0 && performance.now() < deadlineMs) {
    await pause(LOOK_MS);
    left = left.filter(isRunning);
  }
  return left;
}

function isRunning({ pid, processStart }: RememberedProcess): boolean {
  return isStillRunning(pid, processStart);
}

/** The pid is looked at just before: it could have become somebody else's. */
function signal(remembered: RememberedProcess, name: NodeJS.Signals): void {
  if (!isRunning(remembered)) return;
  try {
    process.kill(remembered.pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
