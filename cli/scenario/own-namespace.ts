import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { EXIT, UsageError } from "../errors.ts";

/** Said to the second process, so that it does not start a third. */
export const IN_NAMESPACE_FLAG = "--in-namespace";

const PROGRAMS: Readonly<Record<string, string>> = {
  ip: "iproute2",
  nft: "nftables",
  nsenter: "util-linux",
  setpriv: "util-linux",
  unshare: "util-linux",
};

/**
 * Runs this command once more, in a network namespace of its own, and gives its exit code. All that
 * a run makes (a switch, addresses, rules) is in there, and is gone with it.
 *
 * @throws UsageError where this system does not let it
 */
export async function runInOwnNamespace(asked = "--netns"): Promise<number> {
  const obstacle = obstacleToNamespaces();
  if (obstacle !== undefined) throw new UsageError(`${asked}: ${obstacle}`);
  const [entry = "", ...words] = process.argv.slice(1);
  // It ends as if interrupted when this process is killed.
  const way = ["--pdeathsig", "TERM", "unshare", "--net", "--"];
  const command = [process.execPath, ...process.execArgv, entry, ...words, IN_NAMESPACE_FLAG];
  const child = spawn("setpriv", [...way, ...command], { stdio: "inherit" });
  // A Ctrl-C on the terminal reaches both; what is sent to this process alone is handed on.
  const stop = (signal: NodeJS.Signals) => child.kill(signal);
  const stay = process.stdin.isTTY === true ? () => undefined : stop;
  process.on("SIGINT", stay).on("SIGTERM", stop).on("SIGHUP", stop);
  // Killed, it has no exit code, and nothing is left of it either.
  const [exitCode] = (await once(child, "exit")) as [number | null];
  return exitCode ?? EXIT.conditionNotMet;
}

/** Why no network namespace can be made here, or undefined. */
export function obstacleToNamespaces(): string | undefined {
  if (process.platform !== "linux") return "network namespaces are Linux's; leave it out here";
  if (process.getuid?.() !== 0) return "it needs root for network namespaces; run it with sudo";
  const missing = Object.keys(PROGRAMS).find((program) => !isOnPath(program));
  if (missing !== undefined) {
    return `there is no ${missing} on PATH; install it (Debian: apt-get install ${PROGRAMS[missing]})`;
  }
  const tried = spawnSync("unshare", ["--net", "true"], { encoding: "utf8" });
  if (tried.status === 0) return undefined;
  return `this system makes no network namespaces (${tried.stderr.trim()}); leave it out here`;
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
