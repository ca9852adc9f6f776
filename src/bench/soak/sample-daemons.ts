import { readdirSync } from "node:fs";
import type { RunningDaemon } from "../../cluster/process-backend.ts";
import type { Millis } from "../../core/member.ts";
import { readProcessUsage } from "../process-usage.ts";

/** What one daemon uses at one moment. */
export interface DaemonSample {
  readonly node: string;
  /** Another one after a restart. */
  readonly pid: number;
  /** Since the soak began. */
  readonly atMs: Millis;
  readonly residentBytes: number;
  /** Open file descriptors: sockets, timers of the loop, files. */
  readonly handles: number;
  /** Everything that it owes: updates, suspicions, relays, user messages. */
  readonly queued: number;
  /** From asking `/v1/self` to its whole answer. */
  readonly apiMs: Millis;
}

const QUEUE = /^hearsay_queue_length\{[^}]*\} (\d+)/gm;

/** Samples of those that answer. One that ends or stands still meanwhile has none. */
export async function sampleDaemons(
  daemons: readonly RunningDaemon[],
  nowMs: () => Millis,
): Promise<DaemonSample[]> {
  const samples = daemons.map(async ({ node, pid, client }): Promise<DaemonSample[]> => {
    try {
      const text = await client.metrics();
      const askedMs = performance.now();
      await client.self();
      const apiMs = performance.now() - askedMs;
      const usage = readProcessUsage(pid);
      if (usage === undefined) return [];
      const handles = readdirSync(`/proc/${pid}/fd`).length;
      const { residentBytes } = usage;
      return [{ node, pid, atMs: nowMs(), residentBytes, handles, queued: queuedIn(text), apiMs }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(samples)).flat();
}

/** The lengths of all queues on a page of metrics. */
export function queuedIn(metrics: string): number {
  return [...metrics.matchAll(QUEUE)].reduce((sum, [, length]) => sum + Number(length), 0);
}
