import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { identifyProcess, isStillRunning } from "../../src/cluster/process/process-identity.ts";
import { withClaim } from "../../src/daemon/storage/claim.ts";
import { makeDirectory } from "../../src/daemon/storage/make-directory.ts";
import { UsageError } from "../errors.ts";
import { usingStateDirectory } from "./state-directory.ts";

/**
 * Does `work` while no other process does the like in this directory: two `up` at once would start every name twice, and
 * remember only half of the processes. A lock whose owner has ended is taken over.
 *
 * @throws UsageError when another process holds the lock
 */
export async function withDirectoryLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = join(path, "lock");
  usingStateDirectory(path, () => makeDirectory(path, 0o700));
  if (!usingStateDirectory(path, () => tryLock(lock))) {
    const owner = runningOwner(lock);
    if (owner !== undefined) {
      throw new UsageError(
        `${path} is in use by another hearsay up (pid ${owner}); wait for its end`,
      );
    }
    const isTaken = await withClaim(lock, async () => {
      // Another may have taken it over between our look and our claim.
      if (runningOwner(lock) !== undefined) return false;
      rmSync(lock, { force: true });
      return tryLock(lock);
    });
    if (!isTaken) throw new UsageError(`${path} is in use by another hearsay up; try again`);
  }
  const unlock = () => rmSync(lock, { force: true });
  process.once("exit", unlock);
  try {
    return await work();
  } finally {
    process.removeListener("exit", unlock);
    unlock();
  }
}

function tryLock(lock: string): boolean {
  const start = identifyProcess(process.pid)?.start ?? "";
  try {
    writeFileSync(lock, `${process.pid} ${start}`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function runningOwner(lock: string): number | undefined {
  try {
    const [pid = "", ...start] = readFileSync(lock, "utf8").split(" ");
    return isStillRunning(Number(pid), start.join(" ")) ? Number(pid) : undefined;
  } catch {
    // Given back between our two looks.
    return undefined;
  }
}
