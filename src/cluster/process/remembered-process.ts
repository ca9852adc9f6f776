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
    signalProcess(each, "SIGTERM");
    // A frozen one sees the signal once it runs again.
    signalProcess(each, "SIGCONT");
  }
  const killed = await remaining(processes, killAfterMs);
  for (const each of killed) signalProcess(each, "SIGKILL");
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

/**
 * Sends a signal to the process that is remembered, and to no other: the pid is looked at just before, because it could
 * have become another's.
 *
 * @returns whether the process was there to receive it
 */
export function signalProcess(remembered: RememberedProcess, name: NodeJS.Signals): boolean {
  if (!isRunning(remembered)) return false;
  try {
    return process.kill(remembered.pid, name);
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
}
