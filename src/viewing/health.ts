import type { SelfBody } from "../control/api-types.ts";
import { countDown } from "./path-matrix.ts";
import type { WhoSeesWhat } from "./view-matrix.ts";
import type { DashboardState } from "./watched-state.ts";

export type HealthWord =
  | "CONNECTING"
  | "NO ANSWER"
  | "ISOLATED"
  | "LEAVING"
  | "ALONE"
  | "DEGRADED"
  | "HEALTHY";

/** How the cluster stands, in one word: the worst that the attached node knows. */
export function judgeHealth({ connection, self, members, paths }: DashboardState): HealthWord {
  if (connection.kind === "lost") return "NO ANSWER";
  if (self === undefined || members === undefined) return "CONNECTING";
  if (self.body.phase !== "running") return "LEAVING";
  if (members.body.isolated) return "ISOLATED";
  const states = members.body.members.map(({ state }) => state);
  if (states.some((state) => state === "suspect" || state === "dead")) return "DEGRADED";
  if (countDown(paths?.body.paths ?? []) > 0) return "DEGRADED";
  // A guest is not one of them.
  if (self.body.profile === "guest") return states.includes("alive") ? "HEALTHY" : "ALONE";
  return states.filter((state) => state === "alive").length < 2 ? "ALONE" : "HEALTHY";
}

/** Members by state, as the rows show them. */
export function countMembers(state: DashboardState): SelfBody["counts"] {
  const counts = { alive: 0, suspect: 0, dead: 0, left: 0 };
  for (const member of state.members?.body.members ?? []) counts[member.state] += 1;
  return counts;
}

/**
 * Viewers that hold the same view, the largest group first. Those that do not answer, or were last asked before the last
 * change, say nothing about now and are left out.
 */
export function distinctViews(matrix: WhoSeesWhat | undefined): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const { viewer, digest, isFresh } of matrix?.rows ?? []) {
    if (digest === null || !isFresh) continue;
    const group = groups.get(digest);
    if (group === undefined) groups.set(digest, [viewer]);
    else group.push(viewer);
  }
  return [...groups.values()].sort((a, b) => b.length - a.length);
}
