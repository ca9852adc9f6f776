import type { NodeEvent } from "../../core/effect.ts";
import { isPresent, type MemberFact, type MemberName, type Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import type { Checker } from "./checker.ts";
import { TimeChecker } from "./time-bounds.ts";
import type { RealProcess } from "./world.ts";

type Updated = Extract<NodeEvent, { kind: "member-updated" }>;

/** A refuted suspicion, or a change of tags, may be on its way at one look; not at the next. */
const LOOKS = 2;

/**
 * Once nothing went on for the bound, all views are one, however many tombstones they hold; and so
 * are the ends that no digest shows any more: each dead, left or forgotten member is the same to
 * all that know of it. Who started later need not know of it. Where a tombstone runs out, the views
 * have the same bound from then on.
 */
export class OneView extends TimeChecker implements Checker {
  private readonly digests = new Map<string, string>();
  private readonly ends = new Map<string, Map<MemberName, MemberFact>>();
  private looksUnlike = 0;
  private hasBeenOne = false;
  /** When a tombstone was last told of no more: a change, of which every view has its own moment. */
  private ranOutMs: Millis = Number.NEGATIVE_INFINITY;

  started({ name }: RealProcess): void {
    this.ends.set(name, new Map());
  }

  ended({ name }: RealProcess): void {
    this.ends.delete(name);
    this.digests.delete(name);
  }

  happened({ name }: RealProcess, event: NodeEvent): void {
    const ends = this.ends.get(name);
    if (event.kind === "member-reaped") ends?.delete(event.member);
    if (event.kind === "member-updated") this.endedAgain(ends, event);
    if (event.kind !== "member-changed") return;
    const { member, to: state, incarnation } = event;
    if (isPresent(state)) ends?.delete(member);
    else ends?.set(member, { state, incarnation });
  }

  inspected({ name }: RealProcess, snapshot: NodeSnapshot, nowMs: Millis): void {
    this.digests.set(name, snapshot.viewDigest);
    for (const { state, stateForMs } of snapshot.members) {
      const ranOutMs = nowMs - stateForMs + this.bounds.endToldForMs;
      if (!isPresent(state) && ranOutMs <= nowMs) this.ranOutMs = Math.max(this.ranOutMs, ranOutMs);
    }
  }

  looked(nowMs: Millis): void {
    const { oneViewMs, eventuallyMs } = this.bounds;
    this.hasBeenOne ||= this.unlikeViews() === undefined;
    // How long a first join takes depends on when the seeds come up.
    if (!this.hasBeenOne) return;
    const settledMs = this.world.settledSince(oneViewMs, eventuallyMs + oneViewMs);
    if (nowMs < Math.max(settledMs, this.ranOutMs + oneViewMs)) {
      this.looksUnlike = 0;
      return;
    }
    const unlike = this.unlikeViews() ?? this.unlikeEnds();
    this.looksUnlike = unlike === undefined ? 0 : this.looksUnlike + 1;
    if (unlike === undefined || this.looksUnlike < LOOKS) return;
    this.report(unlike.rule, unlike.detail);
  }

  /** It came back where the viewer could not see it, and ended there: its state is the same. */
  private endedAgain(
    ends: Map<MemberName, MemberFact> | undefined,
    { member, incarnation }: Updated,
  ): void {
    const held = ends?.get(member);
    if (held !== undefined) ends?.set(member, { ...held, incarnation });
  }

  private unlikeViews(): { rule: string; detail: string } | undefined {
    if (new Set(this.digests.values()).size <= 1) return undefined;
    const told = [...this.digests].map(([name, digest]) => `${name} ${digest}`);
    return { rule: "all views are one within the bound after a heal", detail: told.join("\n") };
  }

  private unlikeEnds(): { rule: string; detail: string } | undefined {
    const known = new Map<MemberName, string>();
    for (const [viewer, ends] of this.ends) {
      for (const [member, { state, incarnation }] of ends) {
        const end = `${state} ${incarnation}`;
        const before = known.get(member) ?? end;
        known.set(member, before);
        if (before === end) continue;
        return {
          rule: "each end of a member becomes the same everywhere",
          detail: `${viewer} holds ${member} ${end}, another holds it ${before}`,
        };
      }
    }
    return undefined;
  }
}
