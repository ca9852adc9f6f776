import { spawnSync } from "node:child_process";

/** Looked for on PATH. */
export const SERF_PROGRAM = "serf";

/** What the installed Serf calls its version; undefined when there is none. */
export function findSerfVersion(): string | undefined {
  const { status, stdout } = spawnSync(SERF_PROGRAM, ["version"], { encoding: "utf8" });
  return status === 0 ? stdout.split("\n")[0]?.trim() : undefined;
}
