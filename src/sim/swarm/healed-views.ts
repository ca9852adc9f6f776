import type { Checks } from "../checkers/checks.ts";
import type { SimCluster } from "../sim-cluster.ts";
import type { PlannedFault } from "./fault.ts";

const YEAR_MS = 365 * 86_400_000;

/** The views of all nodes after the faults of a run are over: they must become one, and the right one. */
export class HealedViews {
  private readonly cluster: SimCluster;
  private readonly names: readonly string[];
  private readonly hasClocksFarOff: boolean;

  /** `names`: the nodes of the run, running or not. `faults`: those that it was under. */
  constructor(cluster: SimCluster, names: readonly string[], faults: readonly PlannedFault[]) {
    this.cluster = cluster;
    this.names = names;
    this.hasClocksFarOff = faults.some(
      ({ fault }) => fault.kind === "jump-wall-clock" && Math.abs(fault.byMs) >= YEAR_MS,
    );
  }

  /** Whether all views are equal, and hold every node that runs alive and no other. */
  isOne(): boolean {
    const { cluster, names } = this;
    for (const viewer of cluster.running) {
      for (const name of names) {
        const state = cluster.sees(viewer, name);
        const isPresent = state === "alive" || state === "suspect";
        const isRight = cluster.isRunning(name) ? state === "alive" : !isPresent;
        if (!isRight && !this.isLetOff(viewer, name)) return false;
      }
    }
    return cluster.isConverged();
  }

  /** Reports a view that differs from what its events said, and datagrams that were not understood. */
  check(checks: Checks): void {
    const { cluster } = this;
    for (const viewer of cluster.running) {
      for (const [member, state] of Object.entries(cluster.view(viewer))) {
        const told = cluster.sees(viewer, member);
        if (told === state) continue;
        const detail = `${viewer} holds ${member} ${state}, its events said ${told ?? "nothing"}`;
        checks.report("events tell the whole view", detail);
      }
      const dropped = Object.entries(cluster.counters(viewer).dropped).filter(
        ([reason]) => !this.isDue(reason),
      );
      if (dropped.length > 0) {
        checks.report(
          "every datagram is understood",
          `${viewer} dropped ${JSON.stringify(dropped)}`,
        );
      }
    }
  }

  /** All views, one a line, for the report of a run whose views did not become one. */
  describe(): string {
    const { cluster } = this;
    const lines = cluster.running.map((viewer) => {
      const { members, viewDigest, isolated } = cluster.snapshot(viewer);
      const shown = members.map(
        ({ record, state }) => `${record.name} ${state} ${record.incarnation}`,
      );
      return `${viewer} ${viewDigest}${isolated ? " isolated" : ""}: ${shown.join(", ")}`;
    });
    return `running ${cluster.running.join(" ")}\n${lines.join("\n")}`;
  }

  /** An isolated node declares nobody: it is right to keep those that are gone. */
  private isLetOff(viewer: string, name: string): boolean {
    const { cluster } = this;
    return (
      !cluster.isRunning(name) && cluster.running.length === 1 && cluster.snapshot(viewer).isolated
    );
  }

  /** A claim far in the future is refused, and counted so: a wall clock was off by years. */
  private isDue(reason: string): boolean {
    return reason === "far-claim" && this.hasClocksFarOff;
  }
}
