import type { Endpoint, MemberName } from "../../../../core/member.ts";
import type { BaselineBody, BaselineUpdate } from "../baseline-message.ts";
import type { BaselineMember, MemberList } from "../member-list.ts";
import type { NodeTimer, NodeTimers } from "../node-timers.ts";
import type { Streams } from "../stream.ts";
import type { Awareness } from "./awareness.ts";
import type { LifeguardConfig } from "./lifeguard-config.ts";

/** What the probes of a node share with its other parts. */
export interface LifeguardProbeParts {
  readonly config: LifeguardConfig;
  readonly self: BaselineMember;
  readonly list: MemberList;
  readonly timers: NodeTimers;
  readonly awareness: Awareness;
  readonly streams: Streams;
  readonly send: (to: Endpoint, body: BaselineBody) => void;
  /** Sends these updates and no others beside the body. */
  readonly sendWith: (to: Endpoint, body: BaselineBody, updates: readonly BaselineUpdate[]) => void;
  readonly suspect: (update: Extract<BaselineUpdate, { kind: "suspect" | "dead" }>) => void;
}

interface Probe {
  readonly member: BaselineMember;
  readonly seq: number;
  readonly steps: NodeTimer[];
  nacksMissing: number;
  hasHelpers: boolean;
  wasReachedByStream: boolean;
}

/** memberlist's probe and probeNode: one member at a time, each tick the next. */
export class LifeguardProbe {
  private readonly parts: LifeguardProbeParts;
  private lastSeq = 0;
  private running: Probe | undefined;
  /** A ticker keeps one tick for whoever comes late. */
  private isTickWaiting = false;
  private readonly relayed = new Map<number, () => void>();

  constructor(parts: LifeguardProbeParts) {
    this.parts = parts;
  }

  tick(): void {
    if (this.running !== undefined) {
      this.isTickWaiting = true;
      return;
    }
    const { list, timers, config, self } = this.parts;
    const mayProbe = (member: BaselineMember) => member !== self && member.state !== "dead";
    const member = list.nextToProbe(mayProbe, timers.nowMs, config.gossipToTheDeadMs);
    if (member !== undefined) this.begin(member);
  }

  acked(seq: number): void {
    const relay = this.relayed.get(seq);
    if (relay !== undefined) relay();
    else if (this.running?.seq === seq) this.succeed(this.running);
  }

  nacked(seq: number): void {
    if (this.running?.seq === seq) this.running.nacksMissing--;
  }

  /** Pings for a peer, and answers it with an ack, or after the probe timeout with a nack. */
  relay(request: Extract<BaselineBody, { kind: "ping-req" }>, asker: Endpoint): void {
    const { timers, config, send } = this.parts;
    const seq = ++this.lastSeq;
    const giveUp = timers.after(config.probeTimeoutMs, () => {
      this.relayed.delete(seq);
      send(asker, { kind: "nack", seq: request.seq });
    });
    this.relayed.set(seq, () => {
      this.relayed.delete(seq);
      giveUp.cancel();
      send(asker, { kind: "ack", seq: request.seq });
    });
    send(request.endpoint, { kind: "ping", seq, target: request.target });
  }

  private begin(member: BaselineMember): void {
    const { timers, config, awareness } = this.parts;
    const intervalMs = config.probeIntervalMs * (awareness.score + 1);
    const probe: Probe = {
      member,
      seq: ++this.lastSeq,
      steps: [],
      nacksMissing: 0,
      hasHelpers: false,
      wasReachedByStream: false,
    };
    this.running = probe;
    const leftMs = intervalMs - config.probeTimeoutMs;
    probe.steps.push(
      timers.after(config.probeTimeoutMs, () => this.askAround(probe, leftMs)),
      timers.after(intervalMs, () => this.conclude(probe)),
    );
    this.ping(probe);
  }

  /** A suspect hears of the suspicion with the ping (the buddy system, §IV-C). */
  private ping({ member, seq }: Probe): void {
    const { send, sendWith, self } = this.parts;
    const body = { kind: "ping", seq, target: member.name } as const;
    if (member.state === "alive") {
      send(member.endpoint, body);
      return;
    }
    sendWith(member.endpoint, body, [accusation(member, self.name)]);
  }

  /** No ack in time: three helpers, and a ping by stream beside them. */
  private askAround(probe: Probe, leftMs: number): void {
    const { list, config, self, send, streams } = this.parts;
    const { member, seq } = probe;
    const helpers = list.pick(
      config.indirectChecks,
      (other) => other !== self && other !== member && other.state === "alive",
    );
    probe.hasHelpers = helpers.length > 0;
    probe.nacksMissing = helpers.length;
    const { name: target, endpoint } = member;
    for (const helper of helpers)
      send(helper.endpoint, { kind: "ping-req", seq, target, endpoint });
    streams.request(endpoint, { kind: "ping", target }, leftMs, (response) => {
      probe.wasReachedByStream = response !== undefined;
    });
  }

  private conclude(probe: Probe): void {
    if (probe.wasReachedByStream) {
      this.succeed(probe);
      return;
    }
    const { awareness, suspect, self } = this.parts;
    awareness.apply(probe.hasHelpers ? probe.nacksMissing : 1);
    suspect(accusation(probe.member, self.name));
    this.end(probe);
  }

  private succeed(probe: Probe): void {
    this.parts.awareness.apply(-1);
    this.end(probe);
  }

  private end(probe: Probe): void {
    for (const step of probe.steps) step.cancel();
    this.running = undefined;
    if (!this.isTickWaiting) return;
    this.isTickWaiting = false;
    this.tick();
  }
}

function accusation({ name: member, incarnation }: BaselineMember, from: MemberName) {
  return { kind: "suspect", member, incarnation, from } as const;
}
