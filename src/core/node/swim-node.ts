import type { Effect } from "../effect.ts";
import type { Input } from "../input.ts";
import type { MemberName, MemberRecord, Millis } from "../member.ts";
import { earliest, NEVER } from "../primitives/deadlines.ts";
import type { MemberExplanation, NodeSnapshot } from "../snapshot.ts";
import { Components, type NodeOptions } from "./components.ts";
import { Inbox } from "./inbox.ts";
import { explainMember, type Stalls, snapshotNode } from "./node-snapshot.ts";

/**
 * A wakeup later than this is a stall; a message that finds one overdue by more is not learned
 * from.
 */
const STALL_MS_MIN = 50;

/** The protocol as a pure state machine: one door in, one batch of effects out. */
export interface SwimNode {
  /**
   * Runs to completion, never throws on anything a peer can send, keeps no input. `nowMs` is
   * monotonic. The first call must be a wakeup with `stalledMs: 0`; it starts the clocks.
   */
  step(nowMs: Millis, input: Input): readonly Effect[];
  /** When the host must call next with a wakeup. Early and late wakeups are both harmless. */
  nextWakeupAt(): Millis | undefined;
  snapshot(nowMs: Millis): NodeSnapshot;
  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined;
}

export function createSwimNode(options: NodeOptions): SwimNode {
  return new Node(options);
}

/** Routes each input to the sub-protocols and gathers their effects; it has no rule of its own. */
class Node implements SwimNode {
  private readonly parts: Components;
  private readonly reception: Inbox;
  private readonly stalls: Stalls = { count: 0, totalMs: 0, lastMs: 0 };
  private hasStarted = false;
  private stallToldUntil: Millis = NEVER;
  private known: readonly MemberRecord[];
  /** A message long after this finds a process that stood still. */
  private wakeupDueAt: Millis = NEVER;

  constructor(options: NodeOptions) {
    this.parts = new Components(options);
    this.known = options.known ?? [];
    this.reception = new Inbox(this.parts);
  }

  step(nowMs: Millis, input: Input): readonly Effect[] {
    const { self, outbox } = this.parts;
    if (self.phase === "left") return [];
    this.parts.userMessageQueue.turnTo(nowMs);
    this.route(nowMs, input);
    if (this.parts.subjectsChanged && self.phase === "running") this.retarget(nowMs);
    this.noteDeadline(nowMs, input);
    return outbox.take();
  }

  nextWakeupAt(): Millis | undefined {
    return this.wakeupDueAt === NEVER ? undefined : this.wakeupDueAt;
  }

  snapshot(nowMs: Millis): NodeSnapshot {
    return snapshotNode(this.parts, this.stalls, nowMs);
  }

  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined {
    return explainMember(this.parts, member, nowMs);
  }

  private route(now: Millis, input: Input): void {
    switch (input.kind) {
      case "message":
        this.receive(now, input);
        return;
      case "refused":
        this.reception.onRefused(input.member, input.seq, now);
        return;
      case "wakeup":
        this.wake(now, input.stalledMs);
        return;
      default:
        this.obey(now, input);
    }
  }

  /** Before the late wakeup comes, peers are answered: what they are told must say so already. */
  private receive(now: Millis, input: Extract<Input, { kind: "message" }>): void {
    const lateMs = now - this.wakeupDueAt;
    const isPunctual = lateMs <= STALL_MS_MIN;
    if (!isPunctual) this.tellStall(lateMs, now + this.parts.config.probeIntervalMs);
    this.reception.receive(input, now, isPunctual);
  }

  /** What the host or an operator wants. */
  private obey(
    now: Millis,
    input: Exclude<Input, { kind: "message" | "refused" | "wakeup" }>,
  ): void {
    const { self, beliefs, joining, leaving, observers, views, userMessages, queries } = this.parts;
    if (self.phase !== "running") return;
    switch (input.kind) {
      case "join":
        joining.join(input.seeds, input.hasUnresolved ?? false, now);
        return;
      case "leave":
        self.beginLeaving();
        beliefs.announce({ by: self.name, cause: "leave", reason: "leaves" }, now);
        leaving.begin(now);
        return;
      case "advertise":
        self.advertise(input.tags, input.services);
        beliefs.announce({ by: self.name, cause: "updated" }, now);
        return;
      case "watch":
        observers.watch(input.subjects, now + input.forMs);
        this.parts.subjectsChanged = true;
        return;
      case "fetch-view":
        views.fetch(input.member, now);
        return;
      case "forget":
        this.forget(input.member, now);
        return;
      case "tell":
        userMessages.give({ kind: "user-event", name: input.name, payload: input.payload });
        return;
      case "ask":
        queries.ask(input, now);
        return;
      case "answer":
        queries.answer(input.query, input.answer, now);
    }
  }

  private forget(name: MemberName, now: Millis): void {
    const { table, beliefs } = this.parts;
    const member = table.get(name);
    if (member === undefined || (member.state !== "dead" && member.state !== "left")) return;
    beliefs.declare(
      member,
      "forgotten",
      { cause: "forget", reason: "forgotten by an operator" },
      now,
    );
  }

  private wake(now: Millis, stalledMs: Millis): void {
    if (!this.hasStarted) {
      this.hasStarted = true;
      this.parts.userMessages.start(now);
      this.parts.recall(this.known, now);
      this.known = [];
      this.parts.beliefs.announce({ by: this.parts.self.name, cause: "started" }, now);
    }
    if (stalledMs > STALL_MS_MIN) this.noteStall(now, stalledMs);
    if (now >= this.stallToldUntil) this.tellStall(0, NEVER);
    this.reconsiderSubjects(now);
    const isLeaving = this.parts.self.phase === "leaving";
    for (const part of this.parts.timed) {
      if (!isLeaving || part === this.parts.leaving || part === this.parts.gossip) part.wake(now);
    }
    this.reap(now);
  }

  /** Doubts itself first: what looked like the others' silence was our own. */
  private noteStall(now: Millis, stalledMs: Millis): void {
    const { outbox, localHealth, config } = this.parts;
    this.stalls.count++;
    this.stalls.totalMs += stalledMs;
    this.stalls.lastMs = stalledMs;
    this.parts.shift(stalledMs, now);
    localHealth.onStalled(stalledMs);
    this.parts.readiness.onStalled(stalledMs, now);
    outbox.event({ kind: "stalled", stalledMs });
    this.tellStall(stalledMs, now + config.probeIntervalMs);
  }

  private tellStall(stalledMs: Millis, until: Millis): void {
    this.parts.outbox.tellStall(stalledMs);
    this.stallToldUntil = until;
  }

  private reconsiderSubjects(now: Millis): void {
    const { observers, table } = this.parts;
    const isUnseen = (name: MemberName): boolean =>
      table.get(name)?.state === "suspect" || this.parts.isSilent(name, now);
    if (observers.reconsider(now, isUnseen)) this.parts.subjectsChanged = true;
  }

  private retarget(now: Millis): void {
    const { observers, prober } = this.parts;
    this.parts.subjectsChanged = false;
    prober.retarget(observers.subjects(now), now);
  }

  private reap(now: Millis): void {
    const { table, outbox, config } = this.parts;
    const { members, limits } = table.reap(now);
    for (const member of members) {
      this.parts.forgetMember(member, now);
      outbox.event({ kind: "member-reaped", member: member.name });
    }
    for (const limit of limits) outbox.event({ kind: "limit-met", limit, max: config[limit] });
  }

  /**
   * A wakeup that is due stays due until it comes, because its lateness is what tells a stall; a
   * deadline that had passed when it was set is not late.
   */
  private noteDeadline(now: Millis, input: Input): void {
    const isOverdue = input.kind !== "wakeup" && this.wakeupDueAt <= now;
    if (isOverdue && this.parts.self.phase !== "left") return;
    this.wakeupDueAt = Math.max(now, this.nextDeadline());
  }

  private nextDeadline(): Millis {
    const { timed, observers, table, leaving, gossip, self } = this.parts;
    if (self.phase === "left") return NEVER;
    if (self.phase === "leaving") return Math.min(leaving.nextDeadline(), gossip.nextDeadline());
    const parts = earliest(timed, (part) => part.nextDeadline());
    return Math.min(parts, observers.nextDeadline(), table.nextReapAt(), this.stallToldUntil);
  }
}
