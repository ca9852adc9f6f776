import type { NodeConfig } from "../../core/config.ts";
import type { NodeEvent } from "../../core/effect.ts";
import { isPresent, type MemberName, type Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess, World } from "./world.ts";

/** Detection with lost datagrams and busy hosts, and the news of it. */
const BOUND_PERIODS = 8;
const BOUND_GRACES = 2;

/**
 * Every crash is known within a bound to every node that nothing keeps from the news. A node that
 * knows that it is isolated declares nobody and is let off.
 */
export class CrashesKnown implements Checker {
  private readonly endedAt = new Map<MemberName, Millis>();
  private readonly boundMs: Millis;
  private readonly world: World;
  private readonly report: Report;

  constructor(config: NodeConfig, world: World, report: Report) {
    this.boundMs = BOUND_PERIODS * config.probeIntervalMs + BOUND_GRACES * config.graceMs;
    this.world = world;
    this.report = report;
  }

  started({ self }: RealProcess): void {
    this.endedAt.delete(self.name);
  }

  ended({ self }: RealProcess, nowMs: Millis): void {
    this.endedAt.set(self.name, nowMs);
  }

  happened(_: RealProcess, event: NodeEvent): void {
    if (event.kind === "member-reaped") this.endedAt.delete(event.member);
  }

  inspected(viewer: RealProcess, snapshot: NodeSnapshot, nowMs: Millis): void {
    const informedMs = nowMs - this.world.informedSince(viewer);
    if (snapshot.isolated || informedMs < this.boundMs) return;
    for (const { record, state } of snapshot.members) {
      const endedMs = this.endedAt.get(record.name);
      if (endedMs === undefined || !isPresent(state)) continue;
      if (nowMs - endedMs < this.boundMs) continue;
      const ago = ((nowMs - endedMs) / 1000).toFixed(1);
      this.report(
        "every crash is known everywhere within its bound",
        `${viewer.name} still believes ${record.name} ${state}, which ended ${ago} s ago`,
      );
    }
  }
}
