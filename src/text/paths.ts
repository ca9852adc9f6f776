import type { PathReport, SuspicionSnapshot } from "../core/snapshot.ts";
import { formatCount, formatPhi, formatSpan } from "./quantities.ts";
import { type Column, right } from "./table.ts";

/** `17 of 32` for a path that lost some, `-` where nothing is known of it yet. */
export function formatShare({ ok, of }: Pick<PathReport, "ok" | "of">): string {
  return of === 0 ? "-" : `${ok} of ${of}`;
}

/** What a path is, in a word or two. */
export function describePathState(path: PathReport): string {
  if (path.downForMs !== null) return `down for ${formatSpan(path.downForMs)}`;
  if (path.of === 0) return "not tried yet";
  return path.ok === path.of ? "up" : "loses some";
}

/** The columns of `pathRow`. */
export const PATH_COLUMNS: readonly Column[] = [
  ...["FROM", "TO", "PATH", right("OF THE LAST TRIES"), right("ROUND TRIP")],
];

/** One path as a row of a table. */
export function pathRow(path: PathReport): string[] {
  const trip = path.rttMs === null ? "-" : `${path.rttMs.toFixed(1)} ms`;
  return [path.from, path.to, describePathState(path), formatShare(path), trip];
}

/** Whether there is something to say of the path: it is down, or lost a try. */
export function isWorthARow({ downForMs, ok, of }: PathReport): boolean {
  return downForMs !== null || ok < of;
}

/** `2 of 12 paths are down, 1 loses some`; `all 12 paths are up`. */
export function summarizePaths(paths: readonly PathReport[]): string {
  if (paths.length === 0) return "no path was tried yet; ask again in a few seconds";
  const down = paths.filter(({ downForMs }) => downForMs !== null).length;
  const lossy = paths.filter((path) => path.downForMs === null && path.ok < path.of).length;
  const all = formatCount(paths.length, "path");
  const losing = `${lossy} ${lossy === 1 ? "loses" : "lose"} some`;
  if (down > 0) {
    const rest = lossy === 0 ? "" : `, ${losing}`;
    return `${down} of ${all} ${down === 1 ? "is" : "are"} down${rest}`;
  }
  return lossy === 0 ? `all ${all} are up` : `none of ${all} is down, ${losing}`;
}

/** The paths to one member in a line; none where nothing is known of them. */
export function describePathsTo(paths: readonly PathReport[]): string[] {
  const tried = paths.filter(({ of }) => of > 0);
  if (tried.length === 0) return [];
  const faulty = tried.filter(isWorthARow);
  const told = faulty.map((path) => {
    const down = path.downForMs === null ? "" : ` (${describePathState(path)})`;
    return `${path.from} → ${path.to} ${formatShare(path)}${down}`;
  });
  const others = tried.length - faulty.length;
  if (faulty.length === 0)
    return [`every member that was asked reaches it: ${others} of ${others}`];
  if (others === 0) return [told.join(", ")];
  return [
    `${told.join(", ")}; ${others === 1 ? "the other one is" : `the other ${others} are`} up`,
  ];
}

/** How far a suspicion of the pool has come, by memberlist's own rule. */
export function describePoolSuspicion(suspicion: SuspicionSnapshot): string {
  const { deadInMs, quorum, accusations } = suspicion;
  if (deadInMs === null) return "when the pool declares it dead is not known";
  const known = accusations.length;
  const more =
    known < quorum ? `; ${known} of the ${quorum} accusers are known that make it the soonest` : "";
  return `the pool declares it dead in ${formatSpan(deadInMs)} if it does not refute${more}`;
}

/** What it means that the pool suspects a member that a guest itself hears well; none elsewhere. */
export function describeContradiction(phi: number | null, phiSuspect: number): string[] {
  if (phi === null || phi >= phiSuspect / 2) return [];
  return [
    `phi is ${formatPhi(phi)}: this guest hears it well, so the fault is between its accusers and it`,
  ];
}
