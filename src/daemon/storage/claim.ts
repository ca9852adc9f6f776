import { closeSync, openSync, rmSync, statSync } from "node:fs";
import type { Millis } from "../../core/member.ts";

/** Taking a lock takes a moment; a claim that is older was left by a process that ended in the middle of that. */
const CLAIM_MS_MAX: Millis = 10_000;

/**
 * Runs `work` as the only one that takes the lock at `path`, or takes it over: of two that both found its owner gone, the
 * second would remove the lock that the first has just made. Undefined where another is at it.
 */
export async function withClaim<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  const claim = `${path}.claim`;
  if (!make(claim) && !(removeOld(claim) && make(claim))) return undefined;
  try {
    return await work();
  } finally {
    rmSync(claim, { force: true });
  }
}

function make(claim: string): boolean {
  try {
    closeSync(openSync(claim, "wx", 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function removeOld(claim: string): boolean {
  const madeAtMs = statSync(claim, { throwIfNoEntry: false })?.mtimeMs;
  if (madeAtMs === undefined || Date.now() - madeAtMs < CLAIM_MS_MAX) return false;
  rmSync(claim, { force: true });
  return true;
}
