import type { PublicEvent } from "../control/api-types.ts";
import type { NodeEvent } from "../core/effect.ts";
import type { MemberName, MemberRecord, Millis } from "../core/member.ts";
import { SimCluster } from "../sim/sim-cluster.ts";
import type { LinkRules } from "../transport/link-rules.ts";
import {
  type Cluster,
  type ClusterConfig,
  ENDS,
  type EndOrder,
  type Look,
  type Observation,
  type ProcessEnd,
  type StartOrder,
  type Traffic,
} from "./cluster.ts";
import { serviceRecords } from "./service-records.ts";
import { SimNodeReader } from "./sim-node-reader.ts";

/** How long time runs before somebody looks, where nothing is polled. */
const STEP_MS = 50;

/** How long the simulator has this process to itself, in real time. */
const YIELD_EVERY_MS = 30;

/** A daemon leaves within 400 ms; one that still runs after this is killed. */
const KILL_AFTER_MS = 2000;

/** What a simulated cluster is made of. `rngSeed`: unsigned 32 bits; everything follows from it. */
export interface SimBackendOptions {
  readonly rngSeed: number;
  readonly config: ClusterConfig;
}

/** How a process is about to end by itself, by what its node said. */
interface LastWords {
  readonly end: ProcessEnd;
  readonly exitCode: number;
}

interface Poll {
  readonly nodes: ReadonlySet<string>;
  readonly everyMs: Millis;
  readonly look: Look;
}

interface Planned {
  readonly atMs: Millis;
  readonly act: () => void;
}

/** The simulator as the cluster of a scenario: time passes only when the scenario lets it. */
export class SimBackend implements Cluster {
  readonly backend = "sim";
  listener: (observation: Observation) => void = () => {};

  private readonly cluster: SimCluster;
  private readonly polls = new Set<Poll>();
  /** Of the processes that run. */
  private readonly readers = new Map<string, SimNodeReader>();
  /** They stand still. */
  private readonly frozen = new Set<string>();
  /** Of these it is the machines that stand still. */
  private readonly suspended = new Set<string>();
  private readonly startedMs = new Map<string, Millis>();
  private readonly ordered = new Map<string, EndOrder>();
  private readonly lastWords = new Map<string, LastWords>();
  private planned: Planned[] = [];
  /** Of the nodes that are to be started. */
  private readonly orders = new Map<string, StartOrder>();
  private looking: Promise<void> | undefined;
  private isTold = false;
  private yieldedMs = performance.now();

  constructor({ rngSeed, config }: SimBackendOptions) {
    const { profile, settings } = config;
    this.cluster = new SimCluster({
      rngSeed,
      profile,
      config: settings,
      keepsEvents: false,
      watcher: {
        started: (node, self) => this.started(node, self),
        stepped: (node, _, effects) => {
          for (const effect of effects) if (effect.kind === "event") this.told(node, effect.event);
        },
        ended: (node) => this.ended(node),
      },
    });
  }

  get nowMs(): Millis {
    return this.cluster.nowMs;
  }

  async start(orders: readonly StartOrder[]): Promise<void> {
    for (const order of orders) {
      const { node, member, join } = order;
      const services = serviceRecords(order.services);
      this.orders.set(node, order);
      if (this.suspended.delete(node)) this.cluster.resumeMachine(node);
      this.cluster.start(node, { member, services, ...(join.length > 0 && { seeds: join }) });
    }
  }

  async end(node: string, how: EndOrder): Promise<void> {
    this.ordered.set(node, how);
    if (how === "kill") {
      this.cluster.kill(node);
      return;
    }
    this.cluster.leave(node);
    const deadlineMs = this.nowMs + KILL_AFTER_MS;
    while (this.cluster.isRunning(node) && this.nowMs < deadlineMs) await this.advance(deadlineMs);
    if (this.cluster.isRunning(node)) this.cluster.kill(node);
  }

  async pause(node: string): Promise<void> {
    this.freeze(node);
  }

  async suspend(node: string): Promise<void> {
    this.cluster.pauseMachine(node);
    this.frozen.add(node);
    this.suspended.add(node);
  }

  async resume(node: string): Promise<void> {
    if (this.suspended.delete(node)) {
      this.cluster.resumeMachine(node);
      this.frozen.delete(node);
    } else this.thaw(node);
  }

  /** To the node a blocked event loop and a stopped process are the same. */
  async stall(node: string, forMs: Millis): Promise<void> {
    const startedMs = this.startedMs.get(node);
    this.freeze(node);
    this.plan(this.nowMs + forMs, () => {
      if (this.startedMs.get(node) === startedMs) this.thaw(node);
    });
  }

  async setFaults(rules: LinkRules): Promise<void> {
    this.cluster.setLinkRules(rules);
  }

  async advance(untilMs: Millis): Promise<void> {
    this.isTold = false;
    const everyMs = Math.min(STEP_MS, ...[...this.polls].map((poll) => poll.everyMs));
    while (!this.isTold && this.nowMs < untilMs) {
      // Several may advance at once: nobody runs on while nodes are asked.
      while (this.looking !== undefined) await this.looking;
      const plannedMs = this.planned[0]?.atMs ?? untilMs;
      const nextMs = Math.min(untilMs, plannedMs, this.nowMs + everyMs);
      this.cluster.run(nextMs - this.nowMs);
      // Before a frozen node goes on: what came meanwhile is read first.
      if (this.polls.size > 0) {
        this.looking = this.look();
        await this.looking;
        this.looking = undefined;
      }
      this.doPlanned();
      await this.letOthersRun();
    }
  }

  wake(): void {
    this.isTold = true;
  }

  poll(nodes: readonly string[], everyMs: Millis, look: Look): () => void {
    const poll = { nodes: new Set(nodes), everyMs, look };
    this.polls.add(poll);
    return () => this.polls.delete(poll);
  }

  /** Everything is told as it happens. */
  async settle(): Promise<void> {}

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    const running = this.cluster.running.map((node) => [node, this.trafficOf(node)] as const);
    return new Map(running);
  }

  async close(): Promise<void> {}

  /** One node after the other, so that the same seed gives the same run. */
  private async look(): Promise<void> {
    for (const node of this.cluster.running) {
      const reader = this.readers.get(node);
      for (const { nodes, look } of this.polls) {
        if (reader?.isAwake === true && nodes.has(node)) await look(node, reader);
      }
    }
  }

  private isAwake(node: string): boolean {
    return this.cluster.isRunning(node) && !this.frozen.has(node);
  }

  private freeze(node: string): void {
    this.cluster.freeze(node);
    this.frozen.add(node);
  }

  private thaw(node: string): void {
    this.cluster.thaw(node);
    this.frozen.delete(node);
  }

  private trafficOf(node: string): Traffic {
    const ranMs = this.nowMs - (this.startedMs.get(node) ?? 0);
    return { ...this.cluster.sentBy(node), ranMs };
  }

  /** Signals and the lines of a terminal wait for this process, which no virtual time lets go. */
  private async letOthersRun(): Promise<void> {
    if (performance.now() - this.yieldedMs < YIELD_EVERY_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.yieldedMs = performance.now();
  }

  private plan(atMs: Millis, act: () => void): void {
    this.planned = [...this.planned, { atMs, act }].sort((a, b) => a.atMs - b.atMs);
  }

  private doPlanned(): void {
    const due = this.planned.filter(({ atMs }) => atMs <= this.nowMs);
    this.planned = this.planned.filter(({ atMs }) => atMs > this.nowMs);
    for (const { act } of due) act();
  }

  private started(node: string, { name }: { readonly name: MemberName } & MemberRecord): void {
    this.startedMs.set(node, this.nowMs);
    this.ordered.delete(node);
    this.lastWords.delete(node);
    this.frozen.delete(node);
    const options = { panic: this.orders.get(node)?.panic, isAwake: () => this.isAwake(node) };
    this.readers.set(node, new SimNodeReader(this.cluster, node, options));
    this.tell({ kind: "started", node, atMs: this.nowMs, member: name });
  }

  private told(node: string, event: NodeEvent): void {
    this.readers.get(node)?.onEvent(event);
    const words = lastWordsOf(event);
    if (words !== undefined) this.lastWords.set(node, words);
    const { kind, ...fields } = event;
    // As the event log of a daemon does; see there.
    const told = { event: kind, ...fields } as unknown as PublicEvent;
    this.tell({ kind: "event", node, atMs: this.nowMs, event: told });
  }

  private ended(node: string): void {
    const words = this.lastWords.get(node);
    const order = this.ordered.get(node);
    const end = order === undefined ? (words?.end ?? "ended") : ENDS[order];
    const exitCode = order === "kill" ? null : (words?.exitCode ?? null);
    this.startedMs.delete(node);
    this.readers.delete(node);
    this.tell({ kind: "ended", node, atMs: this.nowMs, end, exitCode });
  }

  private tell(observation: Observation): void {
    this.isTold = true;
    this.listener(observation);
  }
}

/** The exit codes of the daemon. */
function lastWordsOf(event: NodeEvent): LastWords | undefined {
  if (event.kind === "left") return { end: "left", exitCode: 0 };
  if (event.kind === "join-refused" && event.isByAll) return { end: "ended", exitCode: 2 };
  if (event.kind === "name-conflict" && event.mustYield) return { end: "ended", exitCode: 2 };
  return undefined;
}
