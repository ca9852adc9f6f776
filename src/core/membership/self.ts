import type { BeliefUpdate, MemberName, MemberRecord, Service, StartId, Tags } from "../member.ts";
import type { Header } from "../message.ts";
import { nameMark } from "../primitives/hash.ts";

const INCARNATION_MAX = 0xffff_ffff;

/** What this node says of itself. Every change raises the incarnation. */
export class Self {
  private current: MemberRecord;
  private phaseNow: "running" | "leaving" | "left" = "running";

  private readonly mark: number;

  constructor(record: MemberRecord) {
    this.current = record;
    this.mark = nameMark(record.name);
  }

  /**
   * Whether a datagram was meant for this node, where it says for whom it is. Somebody may have recorded it on its way to
   * another member, or to an address, and brought it here.
   */
  isMeant({ addressee }: Pick<Header, "addressee">): boolean {
    return addressee === undefined || addressee === this.mark;
  }

  /** What this node says of itself. */
  get record(): MemberRecord {
    return this.current;
  }

  /** This node's name. */
  get name(): MemberName {
    return this.current.name;
  }

  /** Which run of the process this is. */
  get startId(): StartId {
    return this.current.startId;
  }

  /** `left` is the end: nothing is sent after it. */
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

  /** Takes other tags and services. */
  advertise(tags: Tags, services: readonly Service[]): void {
    this.current = { ...this.current, tags, services };
    this.raiseAbove(this.current.incarnation);
  }

  /** From now on the record says `left`. */
  beginLeaving(): void {
    this.phaseNow = "leaving";
    this.raiseAbove(this.current.incarnation);
  }

  /** The leave has been sent: the node is done. */
  finishLeaving(): void {
    this.phaseNow = "left";
  }
}
