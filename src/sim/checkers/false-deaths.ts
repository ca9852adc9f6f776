import type { NodeConfig } from "../../core/config.ts";
import type { NodeEvent } from "../../core/effect.ts";
import type { Millis } from "../../core/member.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess, World } from "./world.ts";

/** In periods: how long after a disturbance its consequences may still show. */
const AFTERMATH_PERIODS = 3;

/**
 * A member that runs, is reachable and has not stood still is never declared dead: not by a node
 * that lost one link to it, stood still or hears badly itself, nor by one on its own side of a
 * partition. Every death of a running member is counted.
 */
export class FalseDeaths implements Checker {
  /** Declarations about running members, whatever had happened to them. */
  count = 0;
  private readonly aftermathMs: Millis;
  private readonly world: World;
  private readonly report: Report;

  constructor(config: NodeConfig, world: World, report: Report) {
    this.aftermathMs = AFTERMATH_PERIODS * config.probeIntervalMs;
    this.world = world;
    this.report = report;
  }

  happened(judge: RealProcess, event: NodeEvent, nowMs: Millis): void {
    if (event.kind !== "member-changed" || event.to !== "dead") return;
    if (event.by !== judge.self.name) return;
    const subject = this.world.ownerOf(event.member);
    if (subject === undefined) return;
    this.count++;
    const healthyMs = nowMs - this.world.clearSince(judge, subject);
    if (healthyMs < this.aftermathMs) return;
    this.report(
      "no healthy member is declared dead",
      `${judge.name} declared ${event.member} dead (${event.cause}); nothing had happened to either for ${(healthyMs / 1000).toFixed(1)} s`,
    );
  }
}
