import type { NodeConfig } from "../config.ts";
import type { Effect } from "../effect.ts";
import type { Input } from "../input.ts";
import type { Endpoint, MemberName, MemberRecord, Millis } from "../member.ts";
import type { MessageSizer } from "../message.ts";
import { earliest, NEVER } from "../primitives/deadlines.ts";
import type { Rng } from "../primitives/rng.ts";
import type { MemberExplanation, NodeSnapshot } from "../snapshot.ts";
import { Components } from "./components.ts";
import { Inbox } from "./inbox.ts";
import { explainMember, snapshotNode } from "./node-snapshot.ts";

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

/** What a node is made of. */
export interface NodeOptions {
  /** The node's own record as it starts. */
  readonly self: MemberRecord;
  readonly config: NodeConfig;
  readonly rng: Rng;
  /** Four unsigned 32-bit numbers that nobody can guess; simulations need none. */
  readonly secret?: readonly number[];
  readonly sizer: MessageSizer;
  /**
   * Whether seeds were given: then the node asks for them (`seeds-wanted`) until it knows who
   * answers there.
   */
  readonly hasSeeds: boolean;
  /** Where members were known before this start: dialled as seeds are. */
  readonly remembered?: readonly Endpoint[];
  /**
   * Members taken as alive from the start, as if nothing had happened since; no update is sent for
   * it.
   */
  readonly known?: readonly MemberRecord[];
}

/** A node that has not started: its first `step` must be a wakeup. */
export function createSwimNode(options: NodeOptions): SwimNode {
  return new Node(options);
}

/** Routes each input to the components and gathers their effects; it has no rules. */
class Node implements SwimNode {
  private readonly components: Components;
  private readonly inbox: Inbox;
  private hasStarted = false;
  private known: readonly MemberRecord[];

  constructor(options: NodeOptions) {
    this.components = new Components(options);
    this.known = options.known ?? [];
    this.inbox = new Inbox(this.components);
  }

  step(nowMs: Millis, input: Input): readonly Effect[] {
    const { self, outbox, observers, prober, userMessageQueue } = this.components;
    const { dissemination, recordRepair, addressProof } = this.components;
    if (self.phase === "left") return [];
    userMessageQueue.turnTo(nowMs);
    dissemination.turnTo(nowMs);
    this.route(nowMs, input);
    if (observers.haveChanged && self.phase === "running") {
      prober.retarget(observers.subjects(nowMs), nowMs);
    }
    this.expectWakeup(nowMs, input);
    recordRepair.flush();
    addressProof.ask();
    return outbox.take();
  }

  nextWakeupAt(): Millis | undefined {
    const { nextWakeupAt } = this.components.stalls;
    return nextWakeupAt === NEVER ? undefined : nextWakeupAt;
  }

  snapshot(nowMs: Millis): NodeSnapshot {
    return snapshotNode(this.components, nowMs);
  }

  explain(nowMs: Millis, member: MemberName): MemberExplanation | undefined {
    return explainMember(this.components, member, nowMs);
  }

  private route(now: Millis, input: Input): void {
    switch (input.kind) {
      case "message":
        this.inbox.receive(input, now, this.components.stalls.announceIfLate(now));
        return;
      case "refused":
        this.inbox.onRefused(input.member, input.seq, now);
        return;
      case "wire-opened":
        this.components.kernels.onWireOpened(input.member, input.startId);
        return;
      case "wire-closed":
        this.components.kernels.onWireClosed(input.member, input.startId, input.how, now);
        return;
      case "dialled":
        this.inbox.onDialled(input, now);
        return;
      case "wakeup":
        this.wake(now, input.stalledMs);
        return;
      default:
        this.obey(now, input);
    }
  }

  /** What the host or an operator wants. */
  private obey(
    now: Millis,
    input: Exclude<
      Input,
      { kind: "message" | "refused" | "wire-opened" | "wire-closed" | "dialled" | "wakeup" }
    >,
  ): void {
    const { self, beliefs, refutation, joining, leaving } = this.components;
    const { observers, views, userMessages, queries, calm } = this.components;
    if (self.phase !== "running") return;
    switch (input.kind) {
      case "join":
        joining.join(input.seeds, input.hasUnresolved ?? false, now);
        return;
      case "leave":
        self.beginLeaving();
        refutation.announce({ by: self.name, cause: "leave", reason: "leaves" }, now);
        leaving.begin(now);
        return;
      case "advertise":
        self.advertise(input.tags, input.services);
        refutation.announce({ by: self.name, cause: "updated" }, now);
        return;
      case "watch":
        observers.watch(input.subjects, now + input.forMs);
        return;
      case "fetch-view":
        views.fetch(input.member, now);
        return;
      case "forget":
        beliefs.forget(input.member, now);
        return;
      case "send-user-event":
        calm.alarm(now);
        userMessages.send({ kind: "user-event", name: input.name, payload: input.payload });
        return;
      case "send-query":
        calm.alarm(now);
        queries.ask(input, now);
        return;
      case "answer":
        queries.answer(input.query, input.answer, now);
    }
  }

  private wake(now: Millis, stalledMs: Millis): void {
    const { self, stalls, observers, prober, timed, timedWhileLeaving } = this.components;
    if (!this.hasStarted) this.start(now);
    stalls.onWakeup(stalledMs, now);
    observers.reconsider(now, (name) => prober.isUnseen(name, now));
    for (const part of self.phase === "leaving" ? timedWhileLeaving : timed) part.wake(now);
    this.reap(now);
  }

  private start(now: Millis): void {
    const { self, refutation, userMessages } = this.components;
    this.hasStarted = true;
    userMessages.start(now);
    this.components.calm.alarm(now);
    this.components.recall(this.known, now);
    this.known = [];
    refutation.announce({ by: self.name, cause: "started" }, now);
  }

  private reap(now: Millis): void {
    const { table, outbox, config } = this.components;
    const { members, limits } = table.reap(now);
    for (const member of members) {
      this.components.forgetMember(member, now);
      outbox.emit({ kind: "member-reaped", member: member.name });
    }
    for (const limit of limits) outbox.emit({ kind: "limit-met", limit, max: config[limit] });
  }

  private expectWakeup(now: Millis, input: Input): void {
    const { stalls, self } = this.components;
    const isAwaited = input.kind !== "wakeup" && stalls.isWakeupOverdue(now);
    if (!isAwaited || self.phase === "left") stalls.expectWakeup(this.nextDeadline(), now);
  }

  private nextDeadline(): Millis {
    const { timed, timedWhileLeaving, observers, table, stalls, self } = this.components;
    if (self.phase === "left") return NEVER;
    const isLeaving = self.phase === "leaving";
    const parts = earliest(isLeaving ? timedWhileLeaving : timed, (part) => part.nextDeadline());
    if (isLeaving) return parts;
    return Math.min(parts, observers.nextDeadline(), table.nextReapAt(), stalls.nextDeadline());
  }
}
