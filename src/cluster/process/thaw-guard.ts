import { spawn } from "node:child_process";

/**
 * Sees to it that a frozen process does not stay behind for ever when this process is killed: a
 * stopped process cannot notice that its parent died. A shell waits on a pipe that breaks with us,
 * and then thaws the process.
 *
 * @returns ends the guard when the process was thawed otherwise
 */
export function startThawGuard(pid: number): () => void {
  const guard = spawn("sh", ["-c", 'read -r _; kill -CONT "$1" 2>/dev/null', "sh", String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    // In a process group of its own, so that a Ctrl-C on the terminal does not end it before its
    // work is done.
    detached: true,
  });
  guard.on("error", () => {});
  guard.stdin.on("error", () => {});
  return () => guard.kill("SIGKILL");
}
