import type { Effect, NodeEvent } from "../../core/effect.ts";
import type { Input } from "../../core/input.ts";
import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";
import { EndWatch } from "../end-watch.ts";
import type { SimWatcher } from "../watched-node.ts";

/** How one end became known. Spans from the end on; null: not within the run. */
export interface Detection {
  readonly member: MemberName;
  readonly kind: "crash" | "host-crash";
  readonly atMs: Millis;
  readonly firstSuspectMs: Millis | null;
  readonly firstDeadMs: Millis | null;
  readonly allKnowMs: Millis | null;
}

/** What went on in one stretch of the run. */
export interface TimelineRow {
  readonly fromMs: Millis;
  crashed: number;
  /** Changes of views to suspect, and to dead. */
  suspected: number;
  dead: number;
  returned: number;
  /** Running members declared dead. */
  falseDeaths: number;
}

interface OpenDetection {
  readonly kind: Detection["kind"];
  readonly end: EndWatch;
  firstSuspectMs: Millis | null;
}

/** Measures how ends become known, from the events of all nodes. Every process is a member of its own name. */
export class Detections implements SimWatcher {
  steps = 0;
  readonly timeline: TimelineRow[] = [];
  private readonly running = new Set<string>();
  private readonly open = new Map<MemberName, OpenDetection>();
  private readonly rowMs: Millis;

  constructor(rowMs: Millis) {
    this.rowMs = rowMs;
  }

  /** Running members declared dead, each declaration counted. */
  get falseDeaths(): number {
    return this.timeline.reduce((sum, { falseDeaths }) => sum + falseDeaths, 0);
  }

  get all(): readonly Detection[] {
    return Array.from(this.open, ([member, { kind, end, firstSuspectMs }]) => ({
      ...{ member, kind, atMs: end.atMs, firstSuspectMs },
      ...{ firstDeadMs: end.firstMs, allKnowMs: end.allMs },
    }));
  }

  started(process: string, _: MemberRecord): void {
    this.running.add(process);
  }

  ended(process: string, nowMs: Millis): void {
    this.running.delete(process);
    for (const { end } of this.open.values()) end.excuse(process, nowMs);
  }

  /** A process ends at this moment: from now on it is to be found out. */
  expect(member: MemberName, kind: Detection["kind"], nowMs: Millis): void {
    const others = [...this.running].filter((process) => process !== member);
    this.open.set(member, { kind, end: new EndWatch(nowMs, others), firstSuspectMs: null });
    this.row(nowMs).crashed++;
  }

  stepped(process: string, _: Input, effects: readonly Effect[], nowMs: Millis): void {
    this.steps++;
    for (const effect of effects) {
      if (effect.kind === "event" && effect.event.kind === "member-changed") {
        this.changed(process, effect.event, nowMs);
      }
    }
  }

  private changed(
    process: string,
    { member, to, by, from }: Extract<NodeEvent, { kind: "member-changed" }>,
    nowMs: Millis,
  ): void {
    const row = this.row(nowMs);
    if (to === "suspect") row.suspected++;
    else if (to === "dead") row.dead++;
    else if (to === "alive" && from !== null) row.returned++;
    if (to === "dead" && by === process && this.running.has(member)) row.falseDeaths++;
    const detection = this.open.get(member);
    if (detection === undefined) return;
    const { end } = detection;
    if (to === "suspect") detection.firstSuspectMs ??= nowMs - end.atMs;
    if (to === "dead") end.knew(process, nowMs);
  }

  private row(nowMs: Millis): TimelineRow {
    const index = Math.floor(nowMs / this.rowMs);
    while (this.timeline.length <= index) {
      const fromMs = this.timeline.length * this.rowMs;
      this.timeline.push({
        fromMs,
        crashed: 0,
        suspected: 0,
        dead: 0,
        returned: 0,
        falseDeaths: 0,
      });
    }
    return this.timeline[index] as TimelineRow;
  }
}
