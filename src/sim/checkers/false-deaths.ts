import type { NodeConfig } from "../../core/config.ts";
import type { NodeEvent } from "../../core/effect.ts";
import type { Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess, World } from "./world.ts";

/** In periods: how long after a disturbance its consequences may still show. */
const AFTERMATH_PERIODS = 3;

/**
 * A member that runs, is reachable and has not stood still is never dead in the view of a healthy
 * node, whoever declared it. To have stood still, or to have lost one link to the member, is no
 * excuse for declaring it. Every declaration about a running member is counted.
 */
export class FalseDeaths implements Checker {
  /** Declarations about running members, whatever had happened to them. */
  count = 0;
  private readonly aftermathMs: Millis;
  private readonly world: World;
  private readonly report: Report;
  /** Those that called their view whole since they started. */
  private readonly joined = new Set<string>();

  constructor(config: NodeConfig, world: World, report: Report) {
    this.aftermathMs = AFTERMATH_PERIODS * config.probeIntervalMs;
    this.world = world;
    this.report = report;
  }

  started({ name }: RealProcess): void {
    this.joined.delete(name);
  }

  inspected({ name }: RealProcess, { notYet }: NodeSnapshot): void {
    if (notYet === null) this.joined.add(name);
  }

  happened(viewer: RealProcess, event: NodeEvent, nowMs: Millis): void {
    if (event.kind === "readiness-changed" && event.notYet === null) this.joined.add(viewer.name);
    if (event.kind !== "member-changed" || event.to !== "dead") return;
    const subject = this.world.ownerOf(event.member);
    if (subject === undefined) return;
    if (event.by === viewer.self.name) this.count++;
    // A newcomer takes over what its informant holds, of members that it never knew: that is as old
    // as the informant's own cut, and the newcomer does not call its view whole yet.
    if (event.from === null && !this.joined.has(viewer.name)) return;
    const healthyMs = this.world.ranFor(viewer, this.world.clearSince(viewer, subject), nowMs);
    if (healthyMs < this.aftermathMs) return;
    this.report(
      "no healthy member is dead in a healthy view",
      `${viewer.name} took ${event.member} for dead on the word of ${event.by} (${event.reason}); nothing had happened to either for ${(healthyMs / 1000).toFixed(1)} s`,
    );
  }
}
