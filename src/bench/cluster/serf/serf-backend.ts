import { setTimeout as pause } from "node:timers/promises";
import {
  type Cluster,
  ENDS,
  type EndOrder,
  type Observation,
  type StartOrder,
  type Traffic,
} from "../../../cluster/cluster.ts";
import { type Hosts, loopback } from "../../../cluster/host.ts";
import { createProcessGroup } from "../../../cluster/process/process-group.ts";
import { WakeableSleeps } from "../../../cluster/process/wakeable-sleeps.ts";
import type { PublicEvent } from "../../../control/api-types.ts";
import type { ProfileName } from "../../../core/config.ts";
import type { MemberState, Millis } from "../../../core/member.ts";
import type { LinkRules } from "../../../transport/link-rules.ts";
import { reserveAddress } from "../../free-address.ts";
import type { EndTraffic } from "../candidate.ts";
import { type OrphanGuard, startOrphanGuard } from "./orphan-guard.ts";
import { SerfAgent } from "./serf-agent.ts";
import type { SerfLine } from "./serf-line.ts";
import { trafficOf } from "./serf-metrics.ts";

const SIGNALS = { kill: "SIGKILL", stop: "SIGTERM", leave: "SIGINT" } as const;

/** Agents of HashiCorp Serf as children of this process, followed by their logs. */
export class SerfBackend implements Cluster {
  readonly backend = "real";
  readonly tellsTimes = false;
  listener: (observation: Observation) => void = () => {};

  private readonly profile: ProfileName;
  private readonly hosts: Hosts;
  private readonly addresses = new Map<string, string>();
  private readonly agents = new Map<string, SerfAgent>();
  /** How those that are asked to end are, and since when. */
  private readonly orders = new Map<string, { readonly how: EndOrder; readonly atMs: Millis }>();
  private readonly group = createProcessGroup();
  private readonly guard: OrphanGuard = startOrphanGuard();
  private readonly startedMs = performance.now();
  private readonly sleeps = new WakeableSleeps();

  /** @param hosts this machine's loopback unless given */
  constructor(profile: ProfileName, hosts: Hosts = loopback()) {
    this.profile = profile;
    this.hosts = hosts;
  }

  get nowMs(): Millis {
    return performance.now() - this.startedMs;
  }

  daemon(node: string): SerfAgent | undefined {
    const agent = this.agents.get(node);
    return agent?.end === undefined ? agent : undefined;
  }

  async start(orders: readonly StartOrder[]): Promise<void> {
    const ready = new Map<string, Promise<void>>();
    const begin = async (order: StartOrder): Promise<void> => {
      await Promise.all(order.join.map((seed) => ready.get(seed)));
      await this.startOne(order);
    };
    for (const order of orders) ready.set(order.node, begin(order));
    await Promise.all(ready.values());
  }

  async end(node: string, how: EndOrder): Promise<void> {
    const agent = this.daemon(node);
    this.orders.set(node, { how, atMs: this.nowMs });
    agent?.signal(SIGNALS[how]);
    await agent?.ended;
  }

  async pause(node: string): Promise<void> {
    this.daemon(node)?.freeze();
  }

  async resume(node: string): Promise<void> {
    this.daemon(node)?.thaw();
  }

  suspend(): Promise<void> {
    throw new Error("Serf has no machine of its own here");
  }

  stall(): Promise<void> {
    throw new Error("Serf cannot be made to stall");
  }

  /** Serf has no fault gate of its own: all is left to the hosts. */
  async setFaults(rules: LinkRules): Promise<void> {
    if (this.hosts.setFaults === undefined) throw new Error("Serf has no fault gate");
    await this.hosts.setFaults(rules);
  }

  advance(untilMs: Millis): Promise<void> {
    return this.sleeps.sleep(untilMs - this.nowMs);
  }

  wake(): void {
    this.sleeps.wake();
  }

  poll(): () => void {
    throw new Error("Serf answers no questions here");
  }

  /** Its log is read as it comes: there is nothing to ask for. */
  async settle(): Promise<void> {
    await pause(0);
  }

  /** Serf adds up what it sent over intervals and forgets it after a minute: see `watchTraffic`. */
  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    return new Map();
  }

  /** Begins to measure what each agent sends. */
  async watchTraffic(): Promise<EndTraffic> {
    const sinceMs = Date.now();
    return async () => {
      const running = [...this.agents.values()].filter((agent) => agent.end === undefined);
      const sent = await Promise.all(running.map((agent) => agent.readSent()));
      return sent.flatMap((intervals) => trafficOf(intervals, sinceMs) ?? []);
    };
  }

  async close(): Promise<void> {
    await this.group.endAll();
    this.guard.close();
    await this.hosts.close();
  }

  private async startOne({ node, member, join }: StartOrder): Promise<void> {
    const host = this.hosts.of(node);
    const isAnyPort = host.bind.endsWith(":0");
    const bind = this.addresses.get(node) ?? (isAnyPort ? await reserveAddress() : host.bind);
    this.addresses.set(node, bind);
    const seeds = join.flatMap((other) => this.addresses.get(other) ?? []).slice(0, 1);
    const spec = { name: member, bind, join: seeds, prefix: host.prefix, profile: this.profile };
    // What it writes before it is ready is about its view, too.
    this.emit({ kind: "started", node, member, atMs: this.nowMs });
    const agent = new SerfAgent(spec, (line) => this.read(node, line));
    this.group.add(agent);
    this.guard.watch(agent);
    this.agents.set(node, agent);
    void agent.ended.then(({ exitCode }) => {
      const order = this.orders.get(node);
      this.orders.delete(node);
      // A killed one was gone with the signal; the system reports that later.
      const atMs = order?.how === "kill" ? order.atMs : this.nowMs;
      const end = order === undefined ? "ended" : ENDS[order.how];
      this.emit({ kind: "ended", node, end, exitCode, atMs });
    });
    await agent.ready;
  }

  /** Serf does not say when it takes a suspicion back: it is reported as over at once. */
  private read(node: string, line: SerfLine): void {
    if (line.kind === "ready") return;
    if (line.kind === "changed") {
      this.believe(node, line.member, line.to);
      return;
    }
    this.believe(node, line.member, "suspect");
    this.believe(node, line.member, "alive");
  }

  private believe(node: string, member: string, to: MemberState): void {
    const event: PublicEvent = {
      event: "member-changed",
      ...{ member, from: null, to, by: node, incarnation: 0 },
      ...({ cause: "reported", reason: "as Serf's log says", phi: null } as const),
    };
    this.emit({ kind: "event", node, atMs: this.nowMs, event });
  }

  private emit(observation: Observation): void {
    this.listener(observation);
    this.wake();
  }
}
