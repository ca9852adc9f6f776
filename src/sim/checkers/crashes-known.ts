import type { NodeConfig } from "../../core/config.ts";
import type { NodeEvent } from "../../core/effect.ts";
import { isPresent, type MemberName, type Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { Checker, Report } from "./checker.ts";
import type { RealProcess, World } from "./world.ts";

/** Detection with lost datagrams and busy hosts, and the news of it. */
const BOUND_PERIODS = 8;
const BOUND_GRACES = 2;

/** Times in which a node knew that it was isolated; the last one may not be over. */
type Isolations = { readonly fromMs: Millis; untilMs: Millis }[];

/**
 * Every crash is known within a bound to every node that nothing keeps from the news. A node that
 * knows that it is isolated declares nobody and is let off: that time does not count, but the time
 * between two isolations does, or a node that flaps would be excused for good.
 */
export class CrashesKnown implements Checker {
  private readonly endedAt = new Map<MemberName, Millis>();
  /** When each process first heard of a member: replays tell newcomers of some that are gone. */
  private readonly metAt = new Map<string, Map<MemberName, Millis>>();
  private readonly isolations = new Map<string, Isolations>();
  private readonly boundMs: Millis;
  private readonly world: World;
  private readonly report: Report;

  constructor(config: NodeConfig, world: World, report: Report) {
    this.boundMs = BOUND_PERIODS * config.probeIntervalMs + BOUND_GRACES * config.graceMs;
    this.world = world;
    this.report = report;
  }

  started({ name, self }: RealProcess): void {
    this.endedAt.delete(self.name);
    this.isolations.delete(name);
    this.metAt.set(name, new Map());
  }

  ended({ self }: RealProcess, nowMs: Millis): void {
    this.endedAt.set(self.name, nowMs);
  }

  happened({ name }: RealProcess, event: NodeEvent, nowMs: Millis): void {
    if (event.kind === "member-reaped") this.endedAt.delete(event.member);
    if (event.kind === "member-changed" && event.from === null) {
      this.metAt.get(name)?.set(event.member, nowMs);
    }
    if (event.kind !== "isolated-changed") return;
    const known = this.isolations.get(name) ?? [];
    const last = known.at(-1);
    if (event.isolated) known.push({ fromMs: nowMs, untilMs: Number.POSITIVE_INFINITY });
    else if (last !== undefined) last.untilMs = nowMs;
    this.isolations.set(name, known);
  }

  inspected(viewer: RealProcess, snapshot: NodeSnapshot, nowMs: Millis): void {
    const informedMs = nowMs - this.world.informedSince(viewer);
    if (snapshot.isolated || informedMs < this.boundMs) return;
    for (const { record, state } of snapshot.members) {
      const endedMs = this.endedAt.get(record.name);
      if (endedMs === undefined || !isPresent(state)) continue;
      const sinceMs = Math.max(endedMs, this.metAt.get(viewer.name)?.get(record.name) ?? endedMs);
      if (this.connectedMs(viewer, sinceMs, nowMs) < this.boundMs) continue;
      const ago = ((nowMs - endedMs) / 1000).toFixed(1);
      this.report(
        "every crash is known everywhere within its bound",
        `${viewer.name} still believes ${record.name} ${state}, which ended ${ago} s ago`,
      );
    }
  }

  /** How much of a span the viewer was not isolated. */
  private connectedMs({ name }: RealProcess, fromMs: Millis, toMs: Millis): Millis {
    let connectedMs = toMs - fromMs;
    for (const isolation of this.isolations.get(name) ?? []) {
      const from = Math.max(isolation.fromMs, fromMs);
      connectedMs -= Math.max(0, Math.min(isolation.untilMs, toMs) - from);
    }
    return connectedMs;
  }
}
