import type { PathReport } from "../../core/snapshot.ts";
import type { NodeApi } from "../node-api.ts";
import { gauge, type Metric, type Sample } from "./metric-samples.ts";

const STATES = ["up", "loses", "down", "untried"] as const;

/** Of a guest in another engine's pool alone: its paths by state, and which of them are down. */
export function pathMetrics(node: NodeApi): Metric[] {
  const paths = node.paths?.();
  if (paths === undefined) return [];
  const count = (wanted: string) => paths.filter((path) => stateOf(path) === wanted).length;
  const down = paths.flatMap(({ from, to, downForMs }): Sample[] =>
    downForMs === null ? [] : [[{ from, to }, downForMs / 1000]],
  );
  return [
    gauge(
      "hearsay_paths",
      "Paths between the members of the pool that this guest tries, by state",
      STATES.map((state): Sample => [{ state }, count(state)]),
    ),
    gauge(
      "hearsay_path_down_seconds",
      "For how long a member of the pool has not reached another one; paths that are up are left out",
      down,
    ),
  ];
}

function stateOf({ downForMs, ok, of }: PathReport): (typeof STATES)[number] {
  if (downForMs !== null) return "down";
  if (of === 0) return "untried";
  return ok < of ? "loses" : "up";
}
