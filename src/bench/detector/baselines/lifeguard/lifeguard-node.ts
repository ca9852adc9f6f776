import type { Endpoint } from "../../../../core/member.ts";
import type { BaselineBody, BaselineUpdate, StreamPayload } from "../baseline-message.ts";
import { BaselineNode, type BaselineOptions } from "../baseline-node.ts";
import type { BaselineMember } from "../member-list.ts";
import { Awareness } from "./awareness.ts";
import { LifeguardBeliefs } from "./lifeguard-beliefs.ts";
import { LIFEGUARD_LAN, type LifeguardConfig, pushPullPauseMs } from "./lifeguard-config.ts";
import { LifeguardProbe } from "./lifeguard-probe.ts";

/** A pause between tries to reach a seed. */
const JOIN_RETRY_MS = 1000;

/**
 * SWIM with Lifeguard (Dadgar, Phillips, Currey, DSN 2018) as memberlist v0.2.2 has it, at its LAN
 * defaults: round robin probes with nacks and the health multiplier, shrinking suspicions, the
 * buddy system, a ping by stream as the last resort, gossip, push/pull, refutation. Left out:
 * names in conflict, leaving, encryption, and what Serf adds (coordinates, reconnecting).
 */
export class LifeguardNode extends BaselineNode {
  private readonly config: LifeguardConfig;
  private readonly beliefs: LifeguardBeliefs;
  private readonly probe: LifeguardProbe;

  constructor(options: BaselineOptions, config: LifeguardConfig = LIFEGUARD_LAN) {
    const count = () => this.list.size;
    super(options, { incarnation: 1, sendsPerLog: config.retransmitMult, count });
    this.config = config;
    const { self, list, queue, timers, streams } = this;
    const awareness = new Awareness(config.awarenessMax);
    const shared = { config, self, list, timers, awareness };
    this.beliefs = new LifeguardBeliefs({ ...shared, queue, onNews: options.onNews });
    this.probe = new LifeguardProbe({
      ...{ ...shared, streams },
      send: (to, body) => this.send(to, body),
      sendWith: (to, body, updates) => this.sendWith(to, body, updates),
      suspect: (update) => this.beliefs.suspect(update),
    });
  }

  protected begin(isPrefilled: boolean): void {
    const { config, timers } = this;
    // Each process has phases of its own.
    const phaseOf = (intervalMs: number) => intervalMs * this.options.rng.next();
    timers.every(config.probeIntervalMs, phaseOf(config.probeIntervalMs), () => this.probe.tick());
    timers.every(config.gossipIntervalMs, phaseOf(config.gossipIntervalMs), () => this.gossip());
    // Members that know each other have run for long, and are anywhere between two of them.
    if (isPrefilled) timers.after(phaseOf(this.pushPullPauseMs), () => this.pushPullForEver());
    else {
      const awaitFirst = () => timers.after(this.pushPullPauseMs, () => this.pushPullForEver());
      timers.after(phaseOf(config.pushPullIntervalMs), awaitFirst);
    }
  }

  protected receive(body: BaselineBody, updates: readonly BaselineUpdate[], from: Endpoint): void {
    this.handle(body, from);
    for (const update of updates) this.beliefs.take(update);
  }

  private handle(body: BaselineBody, from: Endpoint): void {
    switch (body.kind) {
      case "ping":
        if (body.target === this.self.name) this.send(from, { kind: "ack", seq: body.seq });
        return;
      case "ack":
        this.probe.acked(body.seq);
        return;
      case "nack":
        this.probe.nacked(body.seq);
        return;
      case "ping-req":
        this.probe.relay(body, from);
        return;
      case "gossip":
        return;
      default:
        this.streams.receive(body, from);
    }
  }

  protected answer(request: StreamPayload): StreamPayload | undefined {
    if (request.kind === "ping") return request.target === this.self.name ? request : undefined;
    const own = this.ownList();
    this.beliefs.merge(request.members);
    return own;
  }

  private gossip(): void {
    const { config, list, timers, self } = this;
    const deadAfterMs = timers.nowMs - config.gossipToTheDeadMs;
    const mayHear = (other: BaselineMember): boolean =>
      other !== self && (other.state !== "dead" || other.sinceMs >= deadAfterMs);
    if (this.queue.isEmpty) return;
    for (const { endpoint } of list.pick(config.gossipNodes, mayHear)) {
      if (this.queue.isEmpty) return;
      this.send(endpoint, { kind: "gossip" });
    }
  }

  private get pushPullPauseMs(): number {
    return pushPullPauseMs(this.config.pushPullIntervalMs, this.list.size);
  }

  private pushPullForEver(): void {
    const { list, timers, self } = this;
    const [peer] = list.pick(1, (other) => other !== self && other.state === "alive");
    if (peer !== undefined) this.pushPull(peer.endpoint, () => {});
    timers.after(this.pushPullPauseMs, () => this.pushPullForEver());
  }

  private pushPull(peer: Endpoint, done: (isDone: boolean) => void): void {
    this.streams.request(peer, this.ownList(), this.config.streamTimeoutMs, (response) => {
      if (response?.kind === "list") this.beliefs.merge(response.members);
      done(response !== undefined);
    });
  }

  protected join(attempt: number): void {
    this.pushPull(this.seedOf(attempt), (isDone) => {
      if (!isDone) this.timers.after(JOIN_RETRY_MS, () => this.join(attempt + 1));
    });
  }

  private ownList(): StreamPayload {
    return { kind: "list", members: this.list.listed() };
  }
}
