import type { Millis } from "../../core/member.ts";
import { median } from "../../text/quantiles.ts";
import type { DaemonSample } from "./sample-daemons.ts";

/** What is asked of the daemons of a soak. */
export const SOAK_LIMITS = {
  /** From the second sixth of the time to the last. */
  growthBytesMax: 5 * 1024 * 1024,
  /** Handles may differ by the wires and streams of a moment. */
  handlesMax: 4,
  queuedMax: 20,
} as const;

/** How one process fared from the begin of a soak to its end. */
export interface SoakRow {
  readonly node: string;
  readonly samples: number;
  /** Medians of the second and of the last sixth of the time. */
  readonly earlyBytes: number;
  readonly lateBytes: number;
  /** At rest before the first fault, and after the last. */
  readonly handlesBefore: number;
  readonly handlesAfter: number;
  readonly queuedMost: number;
  readonly queuedAfter: number;
  readonly apiMedianMs: Millis;
  readonly apiWorstMs: Millis;
}

/** All that is judged. */
export interface SoakRecord {
  readonly forMs: Millis;
  /** At rest, under faults, and at rest again. */
  readonly before: readonly DaemonSample[];
  readonly during: readonly DaemonSample[];
  readonly after: readonly DaemonSample[];
  /** The digest of each view at the end. */
  readonly digests: readonly string[];
}

/** A row for each process that ran from begin to end. */
export function toRows({ forMs, before, during, after }: SoakRecord): SoakRow[] {
  return before.flatMap((first) => {
    const last = after.find(({ node, pid }) => node === first.node && pid === first.pid);
    const own = during.filter(({ node, pid }) => node === first.node && pid === first.pid);
    if (last === undefined || own.length === 0) return [];
    const sixth = (number: number) =>
      own.filter(({ atMs }) => Math.floor((6 * atMs) / forMs) === number);
    const early = sixth(1);
    const late = sixth(5);
    const bytes = (samples: readonly DaemonSample[]) =>
      median(samples.map(({ residentBytes }) => residentBytes));
    return {
      node: first.node,
      samples: own.length,
      earlyBytes: bytes(early.length > 0 ? early : [first]),
      lateBytes: bytes(late.length > 0 ? late : [last]),
      handlesBefore: first.handles,
      handlesAfter: last.handles,
      queuedMost: Math.max(...own.map(({ queued }) => queued)),
      queuedAfter: last.queued,
      apiMedianMs: median(own.map(({ apiMs }) => apiMs)),
      apiWorstMs: Math.max(...own.map(({ apiMs }) => apiMs)),
    };
  });
}

/** What is not flat, a sentence each; none where all is well. */
export function judge(rows: readonly SoakRow[], digests: readonly string[]): string[] {
  const { growthBytesMax, handlesMax, queuedMax } = SOAK_LIMITS;
  const wrong = rows.flatMap((row) => {
    const grown = row.lateBytes - row.earlyBytes;
    const more = row.handlesAfter - row.handlesBefore;
    return [
      ...(grown > growthBytesMax
        ? [`${row.node} grew by ${megabytes(grown)} MB; ${megabytes(growthBytesMax)} are allowed`]
        : []),
      ...(more > handlesMax
        ? [`${row.node} holds ${more} handles more than before; ${handlesMax} are allowed`]
        : []),
      ...(row.queuedAfter > queuedMax
        ? [`${row.node} owes ${row.queuedAfter} messages at rest; ${queuedMax} are allowed`]
        : []),
    ];
  });
  const views = new Set(digests).size;
  return [
    ...(rows.length === 0 ? ["no daemon ran from begin to end"] : []),
    ...wrong,
    ...(views > 1
      ? [`the ${digests.length} daemons have ${views} different views at the end`]
      : []),
  ];
}

/** In units of 1024 × 1024 bytes, with one decimal. */
export function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
