import { spawn } from "node:child_process";
import type { OwnedProcess } from "../../../cluster/process/owned-process.ts";

/** Ends the processes that it watches when this one is killed before it could end them. */
export interface OrphanGuard {
  watch(owned: OwnedProcess): void;
  close(): void;
}

/**
 * Each line replaces the pids of the one before; when the pipe breaks with us, those of the last
 * one are killed.
 */
const SCRIPT = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -KILL $pids';

/**
 * Sees to it that processes which know nothing of us end when this process is killed itself. A
 * shell waits on a pipe that breaks with us, in a process group of its own, so that a Ctrl-C does
 * not end it before.
 */
export function startOrphanGuard(): OrphanGuard {
  const guard = spawn("sh", ["-c", SCRIPT], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  const pids = new Set<number>();
  const tell = () => guard.stdin.write(`${[...pids].join(" ")}\n`);
  return {
    watch: (owned) => {
      pids.add(owned.pid);
      tell();
      void owned.ended.then(() => {
        pids.delete(owned.pid);
        tell();
      });
    },
    close: () => guard.kill("SIGKILL"),
  };
}
