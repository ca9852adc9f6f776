import type { MemberName } from "../core/member.ts";
import { sortByName } from "../core/name-order.ts";
import type { PathReport } from "../core/snapshot.ts";

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
  const byEnds = new Map<MemberName, Map<MemberName, PathReport>>();
  for (const path of paths) {
    const ofHelper = byEnds.get(path.from) ?? new Map<MemberName, PathReport>();
    byEnds.set(path.from, ofHelper.set(path.to, path));
  }
  const signs = names.map((from) =>
    names.map((to) => (from === to ? "self" : signOf(byEnds.get(from)?.get(to)))),
  );
  return { names, signs };
}

/** How many are down. */
export function countDown(paths: readonly PathReport[]): number {
  return paths.filter(({ downForMs }) => downForMs !== null).length;
}

function signOf(path: PathReport | undefined): PathSign {
  if (path === undefined || path.of === 0) return "unknown";
  if (path.downForMs !== null) return "down";
  return path.ok < path.of ? "loses" : "up";
}
