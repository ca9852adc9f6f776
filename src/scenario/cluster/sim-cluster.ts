import type { PublicEvent } from "../../control/api-types.ts";
import type { NodeEvent } from "../../core/effect.ts";
import type { MemberName, MemberRecord, Millis } from "../../core/member.ts";
import { SimCluster } from "../../sim/sim-cluster.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import { servicesOf } from "../consumers/offered.ts";
import { LOOK_MS } from "../consumers/pool-teller.ts";
import { SimConsumers } from "../consumers/sim-consumers.ts";
import type { Consumer, ScenarioConfig, ScenarioService } from "../language/scenario.ts";
import type { ProcessEnd } from "../run-record.ts";
import type { Cluster, EndOrder, Observation, StartOrder, Traffic } from "./cluster.ts";

/** How long time runs before somebody looks, where nothing was told. */
const LOOK_EVERY_MS = 50;

/** How long the simulator has this process to itself, in real time. */
const YIELD_EVERY_MS = 30;

/** A daemon says goodbye in 400 ms, or is taken not to. */
const GOODBYE_MS_MAX = 2000;

export interface SimScenarioOptions {
  readonly rngSeed: number;
  readonly config: ScenarioConfig;
  readonly services?: readonly ScenarioService[];
  readonly consumers?: readonly Consumer[];
}

/** How a process is about to end by itself, by what its node said. */
interface LastWords {
  readonly end: ProcessEnd;
  readonly exitCode: number;
}

interface Planned {
  readonly atMs: Millis;
  readonly act: () => void;
}

/** The simulator as the cluster of a scenario: time passes only when the scenario lets it. */
export class SimScenarioCluster implements Cluster {
  readonly world = "sim";
  listener: (observation: Observation) => void = () => {};

  readonly #cluster: SimCluster;
  readonly #services: readonly ScenarioService[];
  readonly #consumers: SimConsumers;
  /** They stand still. */
  readonly #frozen = new Set<string>();
  readonly #startedMs = new Map<string, Millis>();
  readonly #ordered = new Map<string, EndOrder>();
  readonly #lastWords = new Map<string, LastWords>();
  #planned: Planned[] = [];
  #isTold = false;
  #yieldedMs = performance.now();

  constructor({ rngSeed, config, services = [], consumers = [] }: SimScenarioOptions) {
    const { profile, settings } = config;
    this.#cluster = new SimCluster({
      rngSeed,
      profile,
      config: settings,
      keepsEvents: false,
      watcher: {
        started: (node, self) => this.#started(node, self),
        stepped: (node, _, effects) => {
          for (const effect of effects) if (effect.kind === "event") this.#told(node, effect.event);
        },
        ended: (node) => this.#ended(node),
      },
    });
    this.#services = services;
    this.#consumers = new SimConsumers({
      cluster: this.#cluster,
      consumers,
      services,
      tell: (observation) => this.#tell(observation),
    });
  }

  get nowMs(): Millis {
    return this.#cluster.nowMs;
  }

  async start(orders: readonly StartOrder[]): Promise<void> {
    for (const { node, member, join } of orders) {
      const services = servicesOf(node, this.#services);
      this.#cluster.start(node, { member, services, ...(join.length > 0 && { seeds: join }) });
    }
  }

  async end(node: string, how: EndOrder): Promise<void> {
    this.#ordered.set(node, how);
    if (how === "kill") {
      this.#cluster.kill(node);
      return;
    }
    this.#cluster.leave(node);
    const deadlineMs = this.nowMs + GOODBYE_MS_MAX;
    while (this.#cluster.isRunning(node) && this.nowMs < deadlineMs) await this.advance(deadlineMs);
    if (this.#cluster.isRunning(node)) this.#cluster.kill(node);
  }

  async pause(node: string): Promise<void> {
    this.#freeze(node);
  }

  async resume(node: string): Promise<void> {
    this.#thaw(node);
  }

  /** To the node a blocked event loop and a stopped process are the same. */
  async stall(node: string, forMs: Millis): Promise<void> {
    const startedMs = this.#startedMs.get(node);
    this.#freeze(node);
    this.#plan(this.nowMs + forMs, () => {
      if (this.#startedMs.get(node) === startedMs) this.#thaw(node);
    });
  }

  async setFaults(rules: LinkRules): Promise<void> {
    this.#cluster.setLinkRules(rules);
  }

  async advance(untilMs: Millis): Promise<void> {
    this.#isTold = false;
    const everyMs = this.#consumers.isNobody ? LOOK_EVERY_MS : LOOK_MS;
    while (!this.#isTold && this.nowMs < untilMs) {
      const plannedMs = this.#planned[0]?.atMs ?? untilMs;
      const nextMs = Math.min(untilMs, plannedMs, this.nowMs + everyMs);
      this.#cluster.run(nextMs - this.nowMs);
      // Before anybody goes on who stood still: what came meanwhile is read first.
      this.#consumers.look(this.#cluster.running.filter((node) => !this.#frozen.has(node)));
      this.#doPlanned();
      await this.#letOthersRun();
    }
  }

  /** Everything is told as it happens. */
  async settle(): Promise<void> {}

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    const running = this.#cluster.running.map((node) => [node, this.#trafficOf(node)] as const);
    return new Map(running);
  }

  async close(): Promise<void> {}

  #freeze(node: string): void {
    this.#cluster.freeze(node);
    this.#frozen.add(node);
  }

  #thaw(node: string): void {
    this.#cluster.thaw(node);
    this.#frozen.delete(node);
  }

  #trafficOf(node: string): Traffic {
    let bytes = 0;
    let datagrams = 0;
    for (const sent of Object.values(this.#cluster.counters(node).sent)) {
      bytes += sent.bytes;
      datagrams += sent.datagrams;
    }
    return { bytes, datagrams, ranMs: this.nowMs - (this.#startedMs.get(node) ?? 0) };
  }

  /** Signals and the lines of a terminal wait for this process, which no virtual time lets go. */
  async #letOthersRun(): Promise<void> {
    if (performance.now() - this.#yieldedMs < YIELD_EVERY_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#yieldedMs = performance.now();
  }

  #plan(atMs: Millis, act: () => void): void {
    this.#planned = [...this.#planned, { atMs, act }].sort((a, b) => a.atMs - b.atMs);
  }

  #doPlanned(): void {
    const due = this.#planned.filter(({ atMs }) => atMs <= this.nowMs);
    this.#planned = this.#planned.filter(({ atMs }) => atMs > this.nowMs);
    for (const { act } of due) act();
  }

  #started(node: string, { name }: { readonly name: MemberName } & MemberRecord): void {
    this.#startedMs.set(node, this.nowMs);
    this.#ordered.delete(node);
    this.#lastWords.delete(node);
    this.#frozen.delete(node);
    this.#consumers.started(node);
    this.#tell({ kind: "started", node, atMs: this.nowMs, member: name });
  }

  #told(node: string, event: NodeEvent): void {
    this.#consumers.happened(node, event);
    const words = lastWordsOf(event);
    if (words !== undefined) this.#lastWords.set(node, words);
    const { kind, ...fields } = event;
    // As the event log of a daemon does; see there.
    const told = { event: kind, ...fields } as unknown as PublicEvent;
    this.#tell({ kind: "event", node, atMs: this.nowMs, event: told });
  }

  #ended(node: string): void {
    const words = this.#lastWords.get(node);
    const order = this.#ordered.get(node);
    const end = order === undefined ? (words?.end ?? "ended") : ENDS[order];
    const exitCode = order === "kill" ? null : (words?.exitCode ?? null);
    this.#startedMs.delete(node);
    this.#tell({ kind: "ended", node, atMs: this.nowMs, end, exitCode });
  }

  #tell(observation: Observation): void {
    this.#isTold = true;
    this.listener(observation);
  }
}

const ENDS: Readonly<Record<EndOrder, ProcessEnd>> = {
  kill: "killed",
  stop: "stopped",
  leave: "left",
};

/** The exit codes of the daemon. */
function lastWordsOf(event: NodeEvent): LastWords | undefined {
  if (event.kind === "left") return { end: "left", exitCode: 0 };
  if (event.kind === "join-refused" && event.isByAll) return { end: "ended", exitCode: 2 };
  if (event.kind === "name-conflict" && event.mustYield) return { end: "ended", exitCode: 2 };
  return undefined;
}
