import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import { identifyProcess } from "../src/cluster/process/process-identity.ts";

/** Those of these processes that still run. */
export function stillRunning(pids: readonly number[]): number[] {
  return pids.filter((pid) => identifyProcess(pid) !== undefined);
}

/** Resolves when none of them runs any more. */
export async function allEnded(pids: readonly number[]): Promise<void> {
  await vi.waitUntil(() => stillRunning(pids).length === 0, { timeout: 8_000, interval: 20 });
}

/** Where a daemon that starts serves its API, by its log. */
export async function apiOf({ stderr }: ChildProcess): Promise<string> {
  if (stderr === null) throw new Error("the daemon was started without pipes");
  for await (const line of createInterface({ input: stderr })) {
    const { event, api } = JSON.parse(line) as { event: string; api?: string };
    if (event === "ready" && api !== undefined) return api;
  }
  throw new Error("the daemon ended before it was ready");
}

/** Every process of this machine. */
export function allPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Children of a process, by the system's own table. */
export function childrenOf(pid: number): number[] {
  return allPids().filter((each) => parentOf(each) === pid);
}

/** Undefined where it has ended: a process may do so between two looks. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}
