import type { PathReport } from "../core/snapshot.ts";
import { formatSpan } from "../text/quantities.ts";
import type { Hearing, ViewMatrix } from "./view-matrix.ts";

/** Further faults are counted. */
const TOLD_MAX = 4;

/** The matrix of a guest in another engine's pool: who reaches whom in place of who hears whom, which no member tells. */
export function withPaths(matrix: ViewMatrix, paths: readonly PathReport[]): ViewMatrix {
  const known = new Map(paths.map((path) => [keyOf(path.from, path.to), path]));
  const rows = matrix.rows.map((row) => ({
    ...row,
    hearings: row.hearings.map((hearing, at) => {
      const path = known.get(keyOf(row.viewer, matrix.subjects[at] ?? ""));
      return path === undefined ? hearing : hearingOf(path);
    }),
  }));
  return { ...matrix, rows, isOfPaths: true, findings: [...faultsIn(paths), ...matrix.findings] };
}

function hearingOf({ ok, of, downForMs }: PathReport): Hearing {
  if (downForMs !== null) return "not-heard";
  if (of === 0) return "unknown";
  return ok === of ? "heard" : "heard-in-part";
}

function faultsIn(paths: readonly PathReport[]): string[] {
  const down = paths.flatMap(({ from, to, downForMs }) =>
    downForMs === null ? [] : [`${from} cannot reach ${to}, for ${formatSpan(downForMs)}`],
  );
  const more = down.length - TOLD_MAX;
  return more <= 1 ? down : [...down.slice(0, TOLD_MAX), `${more} more paths are down`];
}

function keyOf(from: string, to: string): string {
  return JSON.stringify([from, to]);
}
