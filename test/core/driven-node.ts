import type { NodeConfig } from "../../src/core/config.ts";
import type { Effect, NodeEvent, SendTo } from "../../src/core/effect.ts";
import type { Input } from "../../src/core/input.ts";
import {
  type Endpoint,
  type MemberName,
  type MemberRecord,
  type Millis,
  sameEndpoint,
  type Update,
  type VerdictUpdate,
  type ViewDigest,
} from "../../src/core/member.ts";
import type {
  Header,
  Message,
  MessageBody,
  MessageKind,
  MessageSizer,
} from "../../src/core/message.ts";
import { createSwimNode, type SwimNode } from "../../src/core/node/swim-node.ts";
import { nameMark, ZERO_HASH } from "../../src/core/primitives/hash.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";
import type { MemberExplanation } from "../../src/core/snapshot.ts";
import type { PiggybackedMessages } from "../../src/core/user-message.ts";
import { belief, CONFIG, header, PLAIN_SIZER, record, verdict } from "./builders.ts";

export type Body<K extends MessageKind> = Extract<MessageBody, { kind: K }>;
export type EventOf<K extends NodeEvent["kind"]> = Extract<NodeEvent, { kind: K }>;

export interface Sent<B extends MessageBody = MessageBody> {
  readonly at: Millis;
  readonly to: SendTo;
  readonly message: Message & { readonly body: B };
}

export interface Happened<E extends NodeEvent = NodeEvent> {
  readonly at: Millis;
  readonly event: E;
}

/** What a peer played by the test says to what it is sent, and after how long; undefined: nothing. */
export type Reply = (
  body: MessageBody,
) => { readonly body: MessageBody; readonly afterMs: Millis } | undefined;

export interface DrivenNodeOptions {
  /** Members that it meets at once, and what they answer. */
  readonly knows?: readonly MemberName[];
  readonly reply?: Reply | undefined;
  readonly name?: MemberName;
  readonly config?: Partial<NodeConfig>;
  readonly rngSeed?: number;
  readonly hasSeeds?: boolean;
  readonly remembered?: readonly Endpoint[];
  /** What its own record says otherwise. */
  readonly self?: Partial<MemberRecord>;
  readonly sizer?: MessageSizer;
}

const STEPS_MAX = 200_000;
/** Longer than anything that a test waits for. */
const WAIT_MS_MAX = 100_000;

/** An answer at once to every ping, with the digest that the asker has. */
export const acking: Reply = (body) =>
  body.kind === "ping"
    ? { body: { kind: "ack", seq: body.seq, digest: body.digest }, afterMs: 1 }
    : undefined;

/** Acks, and says something else than "no" to every ping-req: it is heard, and its nack is missing. */
export const talking: Reply = (body) =>
  body.kind === "ping-req" ? { body: { kind: "gossip" }, afterMs: 1 } : acking(body);

/** Acks, and says "no" to every ping-req when it is due. */
export const ackingAndNacking: Reply = (body) =>
  body.kind === "ping-req"
    ? {
        body: { kind: "nack", seq: body.seq, target: body.target, refused: false },
        afterMs: body.nackAfterMs,
      }
    : acking(body);

type Asked = Exclude<Effect, { kind: "send" | "event" }>;

/**
 * One SwimNode whose time and peers the test plays. All effects are kept with their times. Peers are silent unless they
 * were given replies.
 */
export class DrivenNode {
  readonly self: MemberRecord;
  readonly sent: Sent[] = [];
  readonly events: Happened[] = [];
  /** What was asked of wires and spies. */
  readonly asked: { readonly at: Millis; readonly effect: Asked }[] = [];
  now: Millis = 0;

  private readonly node: SwimNode;
  private readonly sizer: MessageSizer;
  private readonly counters = new Map<string, number>();
  private readonly peers = new Map<MemberName, MemberRecord>();
  private readonly replies = new Map<MemberName, Reply>();
  private readonly arriving: { readonly at: Millis; readonly arrive: () => void }[] = [];

  constructor({
    knows = [],
    reply,
    name = "self",
    config = {},
    rngSeed = 1,
    hasSeeds = false,
    remembered = [],
    self = {},
    sizer = PLAIN_SIZER,
  }: DrivenNodeOptions = {}) {
    this.self = record(name, self);
    this.sizer = sizer;
    this.node = createSwimNode({
      self: this.self,
      config: { ...CONFIG, ...config },
      rng: seededRng([rngSeed, 2, 3, 4]),
      sizer,
      hasSeeds,
      remembered,
    });
    this.step({ kind: "wakeup", stalledMs: 0 });
    this.meet(knows, reply);
  }

  /** Makes these members known and heard; `reply` is what they answer from now on. */
  meet(members: readonly MemberName[], reply?: Reply): void {
    for (const name of members) {
      const peer = this.peer(name);
      this.gossip(name, belief(peer));
      if (reply !== undefined) this.replies.set(name, reply);
    }
  }

  /** What a peer answers from now on; without a reply it is silent. */
  answer(member: MemberName, reply?: Reply): void {
    if (reply === undefined) this.replies.delete(member);
    else this.replies.set(member, reply);
  }

  peer(name: MemberName): MemberRecord {
    return this.peers.get(name) ?? record(name);
  }

  /** From now on the peer speaks as this record. */
  become(peer: MemberRecord): void {
    this.peers.set(peer.name, peer);
  }

  /** What a peer gossips. */
  gossip(from: MemberName, ...updates: readonly Update[]): readonly Effect[] {
    return this.hear(from, { kind: "gossip" }, { updates });
  }

  /** A peer asks this node, and tells its digest. */
  pingedBy(from: MemberName, digest: ViewDigest = ZERO_HASH, seq = 1): readonly Effect[] {
    return this.hear(from, { kind: "ping", seq, target: this.self.name, digest });
  }

  /**
   * One datagram from a peer, with a counter one above its last unless `changes` says otherwise. It
   * is sealed: so its address is proven. The codec leaves `addressee` out of what is in the clear.
   */
  hear(
    from: MemberName,
    body: MessageBody,
    {
      updates = [],
      news,
      header: changes = {},
      endpoint,
    }: {
      updates?: readonly Update[];
      news?: PiggybackedMessages;
      header?: Partial<Header>;
      endpoint?: Endpoint;
    } = {},
  ): readonly Effect[] {
    const peer = this.peer(from);
    const counter = (this.counters.get(peer.startId) ?? 0) + 1;
    this.counters.set(peer.startId, counter);
    const sealed = { ...header(peer, counter), addressee: nameMark(this.self.name) };
    const said = { header: { ...sealed, ...changes }, body, updates };
    const message = news === undefined ? said : { ...said, news };
    return this.receive(message, endpoint ?? peer.endpoint);
  }

  /**
   * Makes a member dead in this node's view, in no time: `by` says so, and the member's host refuses the spy or the ping
   * that asks it. Returns what the step that believed it did.
   */
  learnDeath(
    member: MemberName,
    by: MemberName,
    death: VerdictUpdate = verdict(this.peer(member), "dead", by),
  ): readonly Effect[] {
    const reply = this.replies.get(member);
    this.replies.delete(member);
    const told = this.hear(by, { kind: "gossip" }, { updates: [death] });
    if (reply !== undefined) this.replies.set(member, reply);
    for (const effect of told) {
      if (effect.kind !== "send" || effect.message.body.kind !== "ping") continue;
      const { body } = effect.message;
      if (effect.to.member === member) return this.step({ kind: "refused", member, seq: body.seq });
    }
    const spy = told.find((effect) => effect.kind === "dial");
    if (spy?.kind !== "dial" || spy.member !== member) return told;
    return this.step({ kind: "dialled", member, seq: spy.seq, answer: "refused" });
  }

  /** One datagram as it came. */
  receive(message: Message, from: Endpoint): readonly Effect[] {
    const { header, body, updates } = message;
    const padding = "padding" in body ? (body.padding ?? 0) : 0;
    const base = this.sizer.baseBytes(header, { ...body, ...(padding > 0 && { padding: 0 }) });
    const bytes = updates.reduce((sum, each) => sum + this.sizer.updateBytes(each), base + padding);
    return this.step({ kind: "message", from, message, bytes });
  }

  step(input: Input): readonly Effect[] {
    const effects = this.node.step(this.now, input);
    for (const effect of effects) {
      if (effect.kind === "event") this.events.push({ at: this.now, event: effect.event });
      else if (effect.kind === "send") this.send(effect.to, effect.message);
      else this.asked.push({ at: this.now, effect });
    }
    return effects;
  }

  /** Runs for that long: wakes the node whenever it wants, and delivers the replies of its peers. */
  run(forMs: Millis): void {
    const end = this.now + forMs;
    for (let steps = 0; steps < STEPS_MAX; steps++) {
      const wakeAt = this.node.nextWakeupAt() ?? Number.POSITIVE_INFINITY;
      const first = this.arriving[0];
      if (Math.min(wakeAt, first?.at ?? wakeAt) > end) {
        this.now = end;
        return;
      }
      if (first !== undefined && first.at <= wakeAt) {
        this.arriving.shift();
        this.now = Math.max(this.now, first.at);
        first.arrive();
      } else {
        this.now = Math.max(this.now, wakeAt);
        this.step({ kind: "wakeup", stalledMs: 0 });
      }
    }
    throw new Error(`the node wants to be woken without end at ${this.now} ms`);
  }

  /**
   * Runs, a millisecond at a time unless told otherwise, until that holds; how long it took.
   *
   * @throws Error if it never does
   */
  runUntil(holds: () => boolean, stepMs: Millis = 1): Millis {
    const from = this.now;
    while (!holds()) {
      if (this.now - from > WAIT_MS_MAX) throw new Error(`waited in vain until ${this.now} ms`);
      this.run(stepMs);
    }
    return this.now - from;
  }

  /** Runs until it pings a member once more; that ping's number. */
  nextPing(to: MemberName = "b", stepMs: Millis = 1): number {
    const before = this.sentOf("ping", to).length;
    this.runUntil(() => this.sentOf("ping", to).length > before, stepMs);
    return this.sentOf("ping", to)[before]?.message.body.seq ?? 0;
  }

  /** The host of a member refuses a ping: the last one to it, unless told otherwise. */
  refuse(member: MemberName = "b", seq = this.lastPing(member)): void {
    this.step({ kind: "refused", member, seq });
  }

  /** The number of the last ping to a member. */
  lastPing(to: MemberName = "b"): number {
    return this.sentOf("ping", to).at(-1)?.message.body.seq ?? 0;
  }

  /** The process does not run for that long; then it is woken, late. What arrived meanwhile is `meanwhile`'s to say. */
  stall(forMs: Millis, meanwhile: () => void = () => undefined): void {
    const due = this.node.nextWakeupAt() ?? this.now;
    this.now += forMs;
    meanwhile();
    this.step({
      kind: "wakeup",
      stalledMs: Math.max(0, this.now - Math.max(due, this.now - forMs)),
    });
  }

  /** The messages of one kind sent since `since`, to one member where `to` names it. */
  sentOf<K extends MessageKind>(kind: K, to?: MemberName, since: Millis = 0): Sent<Body<K>>[] {
    return this.sent.filter(
      (sent): sent is Sent<Body<K>> =>
        sent.message.body.kind === kind &&
        sent.at >= since &&
        (to === undefined || sent.to.member === to),
    );
  }

  eventsOf<K extends NodeEvent["kind"]>(kind: K, since: Millis = 0): Happened<EventOf<K>>[] {
    return this.events.filter(
      (happened): happened is Happened<EventOf<K>> =>
        happened.event.kind === kind && happened.at >= since,
    );
  }

  /** What this node itself accused members of. */
  get own(): Happened<EventOf<"accused">>[] {
    return this.eventsOf("accused").filter(({ event }) => event.accuser === this.self.name);
  }

  state(member: MemberName): string | undefined {
    return this.node.snapshot(this.now).members.find(({ record }) => record.name === member)?.state;
  }

  explain(member: MemberName): MemberExplanation | undefined {
    return this.node.explain(this.now, member);
  }

  get snapshot() {
    return this.node.snapshot(this.now);
  }

  get wakeupAt(): Millis | undefined {
    return this.node.nextWakeupAt();
  }

  private send(to: SendTo, message: Message): void {
    this.sent.push({ at: this.now, to, message });
    const member = to.member ?? this.memberAt(to.endpoint);
    const reply = member === undefined ? undefined : this.replies.get(member)?.(message.body);
    if (member === undefined || reply === undefined) return;
    const at = this.now + reply.afterMs;
    this.arriving.push({ at, arrive: () => this.hear(member, reply.body) });
    this.arriving.sort((a, b) => a.at - b.at);
  }

  /** Dials name no member: whoever replies there is meant. */
  private memberAt(endpoint: Endpoint): MemberName | undefined {
    return [...this.replies.keys()].find((name) =>
      sameEndpoint(this.peer(name).endpoint, endpoint),
    );
  }
}
