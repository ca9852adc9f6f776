import type { MemberName } from "../core/member.ts";
import { sortByName } from "../core/name-order.ts";
import type { PathReport } from "../core/snapshot.ts";
import { formatSpan } from "../text/quantities.ts";
import type { Hearing, ViewMatrix } from "./view-matrix.ts";

/** Further faults are counted. */
const TOLD_MAX = 4;

/** What is known of one member's way to another one. `self`: a member's way to itself. */
export type PathSign = "self" | "up" | "loses" | "down" | "unknown";

/** Which member reaches which. */
export interface PathMatrix {
  /** Of rows and columns, by name. */
  readonly names: readonly MemberName[];
  /** A row for each member that was asked, a column for each that it tried to reach. */
  readonly signs: readonly (readonly PathSign[])[];
}

/** All paths that were tried, as a matrix. */
export function pathMatrixOf(paths: readonly PathReport[]): PathMatrix {
  const all = new Set(paths.flatMap(({ from, to }) => [from, to]));
  const names = sortByName([...all], (name) => name);
  const signOf = signsOf(paths);
  return { names, signs: names.map((from) => names.map((to) => signOf(from, to))) };
}

/** The matrix of views of a guest in another engine's pool: who reaches whom in place of who hears whom, which no member tells. */
export function withPaths(matrix: ViewMatrix, paths: readonly PathReport[]): ViewMatrix {
  const signOf = signsOf(paths);
  const rows = matrix.rows.map((row) => ({
    ...row,
    hearings: row.hearings.map(
      (hearing, at) => HEARINGS[signOf(row.viewer, matrix.subjects[at] ?? "")] ?? hearing,
    ),
  }));
  return { ...matrix, rows, isOfPaths: true, findings: [...faultsIn(paths), ...matrix.findings] };
}

/** How many are down. */
export function countDown(paths: readonly PathReport[]): number {
  return paths.filter(({ downForMs }) => downForMs !== null).length;
}

/** In words of the other matrix; what was not tried stays as it is. */
const HEARINGS: Readonly<Partial<Record<PathSign, Hearing>>> = {
  ...{ up: "heard", loses: "heard-in-part", down: "not-heard" },
};

/** What is known of the way from one member to another one. */
function signsOf(paths: readonly PathReport[]): (from: MemberName, to: MemberName) => PathSign {
  const byEnds = new Map<MemberName, Map<MemberName, PathReport>>();
  for (const path of paths) {
    const ofHelper = byEnds.get(path.from) ?? new Map<MemberName, PathReport>();
    byEnds.set(path.from, ofHelper.set(path.to, path));
  }
  return (from, to) => (from === to ? "self" : signOf(byEnds.get(from)?.get(to)));
}

function signOf(path: PathReport | undefined): PathSign {
  if (path === undefined || path.of === 0) return "unknown";
  if (path.downForMs !== null) return "down";
  return path.ok < path.of ? "loses" : "up";
}

function faultsIn(paths: readonly PathReport[]): string[] {
  const down = paths.flatMap(({ from, to, downForMs }) =>
    downForMs === null ? [] : [`${from} cannot reach ${to}, for ${formatSpan(downForMs)}`],
  );
  const more = down.length - TOLD_MAX;
  return more <= 1 ? down : [...down.slice(0, TOLD_MAX), `${more} more paths are down`];
}
