import type { EventBody } from "../control/api-types.ts";
import type { ControlClient } from "../control/client.ts";
import { ConfigError } from "../core/errors.ts";
import type { Millis } from "../core/member.ts";
import type { LinkRules } from "../transport/link-rules.ts";
import {
  type Cluster,
  type ClusterConfig,
  ENDS,
  type EndOrder,
  type Look,
  type Observation,
  type StartOrder,
  type Traffic,
} from "./cluster.ts";
import { FaultApplier } from "./fault-applier.ts";
import { type Hosts, loopback, NO_MACHINES } from "./host.ts";
import { plainEnvironment, settingFlags } from "./process/daemon-arguments.ts";
import { FollowedDaemon } from "./process/followed-daemon.ts";
import { DaemonStartError, type LaunchedDaemon, launchDaemon } from "./process/launched-daemon.ts";
import type { BoundAddresses } from "./process/log-line.ts";
import { NodePolls } from "./process/node-polls.ts";
import { createProcessGroup } from "./process/process-group.ts";
import { WakeableSleeps } from "./process/wakeable-sleeps.ts";
import { serviceFlags } from "./service-records.ts";

/** Longest wait for what happened to be read; a daemon answers in milliseconds. */
const CATCH_UP_MS: Millis = 1000;
/** A daemon leaves within 400 ms; one that still runs after this is killed. */
const KILL_AFTER_MS: Millis = 5000;

/** What a cluster of real daemons is made of. */
export interface ProcessBackendOptions {
  /** Path of the program's compiled `main.js`. */
  readonly entry: string;
  readonly config: ClusterConfig;
  readonly env: NodeJS.ProcessEnv;
  /** This machine's loopback unless given. */
  readonly hosts?: Hosts | undefined;
  /** Whether links can be broken; true unless given. */
  readonly allowsFaults?: boolean;
}

/** What others need to reach a daemon, or to remember it. */
export interface RunningDaemon extends BoundAddresses {
  readonly node: string;
  readonly pid: number;
  /** Its control API; ends with the daemon. */
  readonly client: ControlClient;
}

interface Running {
  readonly daemon: FollowedDaemon;
  /** Resolves when it has ended, and that was told. */
  readonly gone: Promise<void>;
  /** Set when it is asked to end, with the moment of that. */
  order: { readonly how: EndOrder; readonly atMs: Millis } | undefined;
  isPaused: boolean;
}

/**
 * Real daemons as children of this process, followed by their event streams. None of them outlives
 * this process, whatever ends it: their pipe breaks, frozen ones are thawed first.
 */
export class ProcessBackend implements Cluster {
  readonly backend = "real";
  readonly tellsTimes = true;
  listener: (observation: Observation) => void = () => {};

  private readonly options: ProcessBackendOptions;
  private readonly hosts: Hosts;
  private readonly group = createProcessGroup();
  private readonly running = new Map<string, Running>();
  private readonly addresses = new Map<string, string>();
  private readonly faults: FaultApplier;
  private readonly polls = new NodePolls((node) => this.isAwake(node));
  private readonly startedMs = performance.now();
  /** Wall clock of this machine, which is that of the daemons. */
  private readonly epochMs = Date.now();
  private readonly sleeps = new WakeableSleeps();
  /** Those whose machines stand still. */
  private readonly suspended = new Set<string>();
  private isClosed = false;

  constructor(options: ProcessBackendOptions) {
    this.options = options;
    this.hosts = options.hosts ?? loopback();
    this.faults = new FaultApplier(this.addresses);
  }

  get nowMs(): Millis {
    return performance.now() - this.startedMs;
  }

  /** The daemons that run, in the order of their start. */
  get daemons(): readonly RunningDaemon[] {
    return [...this.running].map(([node, { daemon }]) => describe(node, daemon));
  }

  /** One of them; undefined where it does not run. */
  daemon(node: string): RunningDaemon | undefined {
    const running = this.running.get(node);
    return running && describe(node, running.daemon);
  }

  async start(orders: readonly StartOrder[]): Promise<void> {
    const ready = new Map<string, Promise<void>>();
    const begin = async (order: StartOrder): Promise<void> => {
      // A seed that starts in the same moment has no address before it is up.
      await Promise.all(order.join.map((seed) => ready.get(seed)));
      if (!this.isClosed) await this.startOne(order);
    };
    for (const order of orders) ready.set(order.node, begin(order));
    await Promise.all(ready.values());
  }

  async end(node: string, how: EndOrder): Promise<void> {
    const running = this.get(node);
    running.order = { how, atMs: this.nowMs };
    const { daemon } = running;
    if (how === "kill") daemon.process.signal("SIGKILL");
    if (how === "stop") daemon.process.signal("SIGTERM");
    if (how === "leave") await daemon.client.leave();
    const late = setTimeout(() => daemon.process.signal("SIGKILL"), KILL_AFTER_MS);
    await running.gone;
    clearTimeout(late);
  }

  async pause(node: string): Promise<void> {
    const running = this.get(node);
    running.isPaused = true;
    this.faults.suspend(node);
    running.daemon.process.freeze();
  }

  async suspend(node: string): Promise<void> {
    const { setPower } = this.hosts;
    if (setPower === undefined) throw new ConfigError(`${node}: ${NO_MACHINES}`);
    await this.pause(node);
    this.suspended.add(node);
    await setPower(node, false);
  }

  async resume(node: string): Promise<void> {
    const running = this.get(node);
    if (this.suspended.delete(node)) await this.hosts.setPower?.(node, true);
    running.daemon.process.thaw();
    running.isPaused = false;
    await this.faults.resume(node);
  }

  async stall(node: string, forMs: Millis): Promise<void> {
    const { daemon } = this.get(node);
    await daemon.client.stall(forMs);
    this.faults.suspend(node);
    // It answers nothing until then, and its rules may have to be set anew.
    setTimeout(() => this.faults.resume(node).catch(() => {}), forMs).unref();
  }

  async setFaults(rules: LinkRules): Promise<void> {
    await this.faults.set((await this.hosts.setFaults?.(rules)) ?? rules);
  }

  advance(untilMs: Millis): Promise<void> {
    return this.sleeps.sleep(untilMs - this.nowMs);
  }

  wake(): void {
    this.sleeps.wake();
  }

  poll(nodes: readonly string[], everyMs: Millis, look: Look): () => void {
    return this.polls.add({ nodes, everyMs, look });
  }

  async settle(): Promise<void> {
    await Promise.all(this.awake().map(([, { daemon }]) => daemon.catchUp(CATCH_UP_MS)));
  }

  async traffic(): Promise<ReadonlyMap<string, Traffic>> {
    const read = this.awake().map(async ([node, { daemon }]) => {
      const { traffic, uptimeMs } = await daemon.client.self();
      const { bytesOut: bytes, datagramsOut: datagrams } = traffic;
      return [node, { bytes, datagrams, ranMs: uptimeMs }] as const;
    });
    return new Map(await Promise.all(read));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.polls.close();
    this.faults.close();
    await this.group.endAll();
    await Promise.all([...this.running.values()].map(({ gone }) => gone));
    await this.hosts.close();
  }

  private async startOne({ node, member, join, services, panic }: StartOrder): Promise<void> {
    const { entry, env, config, allowsFaults = true } = this.options;
    const host = this.hosts.of(node);
    if (this.suspended.delete(node)) await this.hosts.setPower?.(node, true);
    const process = launchDaemon(
      {
        name: member,
        bind: this.addresses.get(node) ?? host.bind,
        api: host.api,
        join: join.flatMap((seed) => this.addresses.get(seed) ?? []),
        profile: config.profile,
        prefix: host.prefix,
        extra: [
          ...(allowsFaults ? ["--allow-faults"] : []),
          ...settingFlags(config.settings),
          ...serviceFlags(services, panic),
          ...host.extra,
        ],
      },
      { entry, env: plainEnvironment(env) },
    );
    this.group.add(process);
    const { address, api } = await this.untilReady(node, process);
    this.addresses.set(node, address);
    const daemon = this.follow(node, process, api);
    const gone = this.untilGone(node, daemon);
    const running: Running = { daemon, gone, order: undefined, isPaused: false };
    this.running.set(node, running);
    this.tell({ kind: "started", node, atMs: this.nowMs, member });
    this.polls.started(node, daemon);
    await this.faults.add(node, daemon.client);
  }

  private async untilReady(node: string, process: LaunchedDaemon) {
    try {
      return await process.ready;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DaemonStartError(`${node} did not start: ${why}`);
    }
  }

  private follow(node: string, process: LaunchedDaemon, api: string): FollowedDaemon {
    return new FollowedDaemon(process, api, {
      onEvent: ({ v: _, index: __, time, ...event }: EventBody) => {
        const atMs = Date.parse(time) - this.epochMs;
        this.tell({ kind: "event", node, atMs, event });
      },
      onView: ({ members }) => {
        const believed = members.map(({ name: member, state, incarnation }) => ({
          member,
          state,
          incarnation,
        }));
        this.tell({ kind: "view", node, atMs: this.nowMs, members: believed });
      },
    });
  }

  private async untilGone(node: string, { process, told }: FollowedDaemon): Promise<void> {
    const { exitCode } = await process.ended;
    const endedMs = this.nowMs;
    // Its last words come first: they may say why.
    await told;
    const order = this.running.get(node)?.order;
    this.running.delete(node);
    this.polls.ended(node);
    this.faults.remove(node);
    // A killed one was gone with the signal; the system tells us of it later.
    const atMs = order?.how === "kill" ? order.atMs : endedMs;
    const end = order === undefined ? "ended" : ENDS[order.how];
    this.tell({ kind: "ended", node, atMs, end, exitCode });
  }

  private tell(observation: Observation): void {
    this.listener(observation);
    this.wake();
  }

  /** Those that can answer. */
  private awake(): [string, Running][] {
    return [...this.running].filter(([node]) => this.isAwake(node));
  }

  private isAwake(node: string): boolean {
    return this.running.get(node)?.isPaused === false && !this.faults.isSuspended(node);
  }

  private get(node: string): Running {
    const running = this.running.get(node);
    if (running === undefined) throw new DaemonStartError(`${node} does not run any more`);
    return running;
  }
}

function describe(node: string, { process, client }: FollowedDaemon): RunningDaemon {
  if (process.bound === undefined) throw new DaemonStartError(`${node} is not ready`);
  return { node, pid: process.pid, client, ...process.bound };
}
