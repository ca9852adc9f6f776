import type { Endpoint, MemberName } from "../../../core/member.ts";
import { suspicionTimeoutMs } from "../../../pool/core/pool-timer.ts";
import type {
  BaselineBody,
  BaselineUpdate,
  ListedMember,
  StreamPayload,
} from "./baseline-message.ts";
import { BaselineNode, type BaselineOptions } from "./baseline-node.ts";
import type { BaselineMember } from "./member-list.ts";
import type { NodeTimer } from "./node-timers.ts";

/**
 * The paper leaves these open. Period, timeout, helpers and sends are those of the other baseline,
 * and the suspicion timeout is the one that memberlist had before Lifeguard (SuspicionMult 5).
 */
export const PLAIN_SWIM = Object.freeze({
  probeIntervalMs: 1000,
  probeTimeoutMs: 500,
  helpers: 3,
  sendsPerLog: 4,
  suspicionMult: 5,
});

const JOIN_TIMEOUT_MS = 10_000;
const NEVER_FORGETS_MS = Number.POSITIVE_INFINITY;

/**
 * SWIM with its Suspicion subprotocol and infection-style dissemination (Das, Gupta, Motivala, DSN
 * 2002, §4): one probe a period in round robin, k ping-reqs, a fixed suspicion timeout, and updates
 * that travel on pings and acks alone. Two departures, in its favour: a member that hears of its own
 * death may return with a higher incarnation, or the first false positive of a run would be final;
 * and a restarted one begins with a higher incarnation, where the paper is silent.
 */
export class PlainSwimNode extends BaselineNode {
  private readonly suspicions = new Map<MemberName, NodeTimer>();
  private readonly relays = new Map<number, { readonly to: Endpoint; readonly seq: number }>();
  private present = 1;
  private lastSeq = 0;
  private probing: { readonly member: BaselineMember; readonly seq: number } | undefined;

  constructor(options: BaselineOptions) {
    const incarnation = 1 + Math.floor(options.clock.nowMs() / 1000);
    const { sendsPerLog } = PLAIN_SWIM;
    super(options, { incarnation, sendsPerLog, count: () => this.present });
  }

  override prefill(members: Parameters<BaselineNode["prefill"]>[0]): void {
    this.present = members.length;
    super.prefill(members);
  }

  protected begin(): void {
    const { probeIntervalMs } = PLAIN_SWIM;
    const phaseMs = probeIntervalMs * this.options.rng.next();
    this.timers.every(probeIntervalMs, phaseMs, () => this.period());
  }

  /** The end of one protocol period and the beginning of the next (§3.1). */
  private period(): void {
    const unanswered = this.probing?.member;
    this.probing = undefined;
    if (unanswered !== undefined) {
      const { name: member, incarnation } = unanswered;
      this.take({ kind: "suspect", member, incarnation, from: this.self.name });
    }
    const mayProbe = (other: BaselineMember) => other !== this.self && other.state !== "dead";
    const member = this.list.nextToProbe(mayProbe, this.timers.nowMs, NEVER_FORGETS_MS);
    if (member === undefined) return;
    const seq = ++this.lastSeq;
    this.probing = { member, seq };
    this.timers.after(PLAIN_SWIM.probeTimeoutMs, () => this.askHelpers(seq));
    this.send(member.endpoint, { kind: "ping", seq, target: member.name });
  }

  private askHelpers(seq: number): void {
    if (this.probing?.seq !== seq) return;
    const { name: target, endpoint } = this.probing.member;
    const mayHelp = (other: BaselineMember): boolean =>
      other !== this.self && other.name !== target && other.state === "alive";
    for (const helper of this.list.pick(PLAIN_SWIM.helpers, mayHelp)) {
      this.send(helper.endpoint, { kind: "ping-req", seq, target, endpoint });
    }
  }

  protected receive(body: BaselineBody, updates: readonly BaselineUpdate[], from: Endpoint): void {
    for (const update of updates) this.take(update);
    this.handle(body, from);
  }

  private handle(body: BaselineBody, from: Endpoint): void {
    switch (body.kind) {
      case "ping":
        if (body.target === this.self.name) this.send(from, { kind: "ack", seq: body.seq });
        return;
      case "ack":
        this.acked(body.seq);
        return;
      case "ping-req": {
        const seq = ++this.lastSeq;
        this.relays.set(seq, { to: from, seq: body.seq });
        this.timers.after(PLAIN_SWIM.probeIntervalMs, () => this.relays.delete(seq));
        this.send(body.endpoint, { kind: "ping", seq, target: body.target });
        return;
      }
      case "nack":
      case "gossip":
        return;
      default:
        this.streams.receive(body, from);
    }
  }

  private acked(seq: number): void {
    const relay = this.relays.get(seq);
    if (relay !== undefined) this.send(relay.to, { kind: "ack", seq: relay.seq });
    else if (this.probing?.seq === seq) this.probing = undefined;
  }

  /** Takes over what supersedes the present belief (§4.2), and passes it on. */
  private take(update: BaselineUpdate): void {
    const member = this.list.get(update.member);
    if (member === this.self) {
      this.takeOfSelf(update);
      return;
    }
    if (member === undefined) {
      if (update.kind === "alive") this.meet(update);
      return;
    }
    if (!overrides(update, member)) return;
    this.queue.add(member.name, update);
    this.change(member, update.kind, update.incarnation);
  }

  private takeOfSelf({ kind, incarnation }: BaselineUpdate): void {
    const { self } = this;
    if (kind === "alive" ? incarnation <= self.incarnation : incarnation < self.incarnation) return;
    self.incarnation = incarnation + 1;
    const { name: member, endpoint } = self;
    this.queue.add(member, { kind: "alive", member, incarnation: self.incarnation, endpoint });
  }

  private meet(update: Extract<BaselineUpdate, { kind: "alive" }>): void {
    const { member: name, endpoint, incarnation } = update;
    this.list.add({ name, endpoint, incarnation, state: "alive", sinceMs: this.timers.nowMs });
    this.present++;
    this.queue.add(name, update);
    this.options.onNews({ member: name, from: null, to: "alive", incarnation });
  }

  private change(member: BaselineMember, to: ListedMember["state"], incarnation: number): void {
    const from = member.state;
    member.incarnation = incarnation;
    if (from === to) return;
    this.present += Number(from === "dead") - Number(to === "dead");
    member.state = to;
    member.sinceMs = this.timers.nowMs;
    this.suspicions.get(member.name)?.cancel();
    this.suspicions.delete(member.name);
    if (to === "suspect") this.suspicions.set(member.name, this.awaitRefutation(member));
    this.options.onNews({ member: member.name, from, to, incarnation });
  }

  private awaitRefutation(suspect: BaselineMember): NodeTimer {
    const { suspicionMult, probeIntervalMs } = PLAIN_SWIM;
    const timeoutMs = suspicionTimeoutMs(suspicionMult, this.present, probeIntervalMs);
    return this.timers.after(timeoutMs, () => {
      const { name: member, incarnation } = suspect;
      this.take({ kind: "dead", member, incarnation, from: this.self.name });
    });
  }

  protected join(attempt: number): void {
    const { name: member, endpoint, incarnation, state } = this.self;
    const request = { kind: "list", members: [{ member, endpoint, incarnation, state }] } as const;
    this.streams.request(this.seedOf(attempt), request, JOIN_TIMEOUT_MS, (response) => {
      if (response?.kind === "list") this.merge(response.members);
      else this.join(attempt + 1);
    });
  }

  protected answer(request: StreamPayload): StreamPayload | undefined {
    if (request.kind !== "list") return undefined;
    const members = this.list.listed();
    this.merge(request.members);
    return { kind: "list", members };
  }

  private merge(members: readonly ListedMember[]): void {
    const from = this.self.name;
    for (const { member, endpoint, incarnation, state } of members) {
      if (state === "alive") this.take({ kind: "alive", member, incarnation, endpoint });
      else this.take({ kind: state, member, incarnation, from });
    }
  }
}

const RANK = { alive: 0, suspect: 1, dead: 2 } as const;

function overrides(update: BaselineUpdate, member: BaselineMember): boolean {
  if (update.incarnation !== member.incarnation) return update.incarnation > member.incarnation;
  return RANK[update.kind] > RANK[member.state];
}
