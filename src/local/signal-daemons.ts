import { identifyProcess } from "../cluster/process/process-identity.ts";
import { signalProcess } from "../cluster/process/remembered-process.ts";
import { ConfigError } from "../core/errors.ts";
import type { DaemonEntry, StateDirectory } from "./state-directory.ts";

/** What can be done to a background daemon. */
export type DaemonFault = "kill" | "freeze" | "thaw";

const SIGNALS = { kill: "SIGKILL", freeze: "SIGSTOP", thaw: "SIGCONT" } as const;

/** Longer than any process waits for its turn. */
const STOPS_WITHIN_MS = 2000;

/**
 * Kills, freezes or thaws daemons that `hearsay up` or a demo started. The start of each process is compared before: its
 * pid may belong to another process by now.
 *
 * @throws ConfigError for a name that no running daemon of the state directory has
 */
export function signalDaemons(
  directory: StateDirectory,
  fault: DaemonFault,
  names: readonly string[],
): DaemonEntry[] {
  const running = directory.running();
  const chosen = names.map((name) => entryNamed(running, fault, name));
  const ended = chosen.filter((entry) => !signalProcess(entry, SIGNALS[fault]));
  if (ended.length > 0) {
    throw new ConfigError(`${fault}: ${ended.map(({ name }) => name).join(", ")} has just ended`);
  }
  if (fault === "freeze") for (const { pid } of chosen) untilStopped(pid);
  return chosen;
}

/** A process stops when it gets its turn, and who asks for it next would see it run. */
function untilStopped(pid: number): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (let ms = 0; ms < STOPS_WITHIN_MS && identifyProcess(pid)?.isStopped === false; ms++) {
    Atomics.wait(clock, 0, 0, 1);
  }
}

function entryNamed(running: readonly DaemonEntry[], fault: string, name: string): DaemonEntry {
  const entry = running.find((each) => each.name === name);
  if (entry !== undefined) return entry;
  const there =
    running.length === 0
      ? "no background daemon runs; hearsay up 5 starts some"
      : `these run: ${running.map((each) => each.name).join(", ")}`;
  throw new ConfigError(
    `${fault}: no background daemon is called ${JSON.stringify(name)}; ${there}`,
  );
}
