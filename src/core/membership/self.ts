import type { BeliefUpdate, MemberName, MemberRecord, Service, StartId, Tags } from "../member.ts";

const INCARNATION_MAX = 0xffff_ffff;

/** What this node says of itself. Every change raises the incarnation. */
export class Self {
  private current: MemberRecord;
  private phaseNow: "running" | "leaving" | "left" = "running";

  constructor(record: MemberRecord) {
    this.current = record;
  }

  get record(): MemberRecord {
    return this.current;
  }

  get name(): MemberName {
    return this.current.name;
  }

  get startId(): StartId {
    return this.current.startId;
  }

  get phase(): "running" | "leaving" | "left" {
    return this.phaseNow;
  }

  /** What this node tells of itself: alive while it runs, then left. */
  toUpdate(): BeliefUpdate {
    const { current: record, name: by } = this;
    const state = this.phaseNow === "running" ? "alive" : "left";
    return { kind: "belief", record, state, ageMs: 0, by };
  }

  /** Outranks whatever is said of this node at `incarnation` or below. */
  raiseAbove(incarnation: number): void {
    const above = Math.max(incarnation, this.current.incarnation) + 1;
    this.current = { ...this.current, incarnation: Math.min(above, INCARNATION_MAX) };
  }

  advertise(tags: Tags, services: readonly Service[]): void {
    this.current = { ...this.current, tags, services };
    this.raiseAbove(this.current.incarnation);
  }

  beginLeaving(): void {
    this.phaseNow = "leaving";
    this.raiseAbove(this.current.incarnation);
  }

  finishLeaving(): void {
    this.phaseNow = "left";
  }
}
