import type { ChildProcess } from "node:child_process";

/** Leaders of groups whose program has not ended. */
const running = new Set<number>();

/**
 * Takes note of a child that was started `detached`, in a process group of its own: should this process end first, in
 * whatever way but SIGKILL, the whole group ends with it.
 */
export function holdGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  if (running.size === 0) process.on("exit", endAll);
  running.add(pid);
  child.once("exit", () => {
    running.delete(pid);
    if (running.size === 0) process.off("exit", endAll);
  });
}

/** Sends a signal to all processes of the child's group. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined) send(pid, signal);
}

function endAll(): void {
  for (const pid of running) send(pid, "SIGKILL");
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}
