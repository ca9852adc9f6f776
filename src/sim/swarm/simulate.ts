import { type NodeConfig, PROFILES } from "../../core/config.ts";
import { InvariantError } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import { type BrokenRule, Checks } from "../checkers/checks.ts";
import { timeBounds } from "../checkers/time-bounds.ts";
import { SimCluster } from "../sim-cluster.ts";
import type { SimEvent, SimStartOptions } from "../sim-options.ts";
import { FaultPlayer } from "./fault-player.ts";
import { HealedViews } from "./healed-views.ts";
import { nodeNames, type SwarmOptions } from "./swarm.ts";
import { tellAll, tombstonesOf } from "./tombstones.ts";

/** How long a run is under faults, and how long it may then take to agree. Those of the options unless given. */
export interface Phases {
  readonly safetyMs: Millis;
  readonly livenessMs: Millis;
}

/** The rule that a run broke, and what came before. */
export interface Violation extends BrokenRule {
  /** The last events before it, oldest first. */
  readonly lastEvents: readonly SimEvent[];
}

/** How much happened in a run. */
export interface RunStats {
  readonly steps: number;
  readonly delivered: number;
  /** Virtual time. */
  readonly ranMs: Millis;
  /** From the end of all faults until all views were one. */
  readonly healedMs: Millis | undefined;
  /** Running members declared dead, disturbed ones included. */
  readonly falseDeaths: number;
  /** Nothing was left to play: the run was cut short by its budget of deliveries. */
  readonly isCutShort: boolean;
}

/** How a run ended. */
export interface RunResult {
  readonly violation: Violation | undefined;
  /** Of everything that happened, 16 hex digits. */
  readonly digest: string;
  readonly stats: RunStats;
}

/** Deliveries a run may take: half of them under faults, all of them with the healing. */
const DELIVERIES_MAX = 240_000;
/** Looks at whole nodes, and early wakeups, this often a period. */
const INSPECTIONS_PER_PERIOD = 1;
const LOOKS_PER_PERIOD = 10;
const PERIODS_A_WORD = 4;
const STAGGER_PERIODS = 0.3;

/**
 * One run: a safety phase under faults, then everything heals, and all views must become one in
 * which everybody that runs is alive and nobody else.
 */
export function simulate(options: SwarmOptions, phases: Phases = options): RunResult {
  const run = new Run(options);
  try {
    run.beUnderFaults(phases.safetyMs);
    run.heal(phases.livenessMs);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const rule = error instanceof InvariantError ? "no invariant breaks" : "no step throws";
    run.checks.report(rule, error.stack ?? error.message);
  }
  return run.result();
}

class Run {
  readonly checks: Checks;
  private readonly options: SwarmOptions;
  private readonly config: NodeConfig;
  private readonly cluster: SimCluster;
  private readonly player: FaultPlayer;
  private readonly names: readonly string[];
  private readonly seeds: readonly string[];
  private nextInspectionMs: Millis = 0;
  private inspections = 0;
  private healedMs: Millis | undefined;
  private isCutShort = false;

  constructor(options: SwarmOptions) {
    this.options = options;
    const { rngSeed, nodes, profile, refusals, network, hosts } = options;
    const config = { ...options.config, refusals };
    this.config = { ...PROFILES[profile], ...config };
    this.names = nodeNames(nodes).filter((name) => !options.absent.includes(name));
    this.seeds = nodeNames(nodes).slice(0, options.seeds);
    this.checks = new Checks({
      config: this.config,
      members: nodes + (options.tombstones?.count ?? 0),
      bounds: isGood(options) ? timeBounds(this.config, hosts) : undefined,
    });
    this.cluster = new SimCluster({
      rngSeed,
      profile,
      config,
      network,
      hosts,
      watcher: this.checks,
      isTraced: true,
      keepsEvents: false,
    });
    this.player = new FaultPlayer(options.faults, {
      cluster: this.cluster,
      world: this.checks.world,
      network,
      startOptions: (node) => this.startOptions(node),
      onSilent: (...silence) => this.checks.fellSilent(...silence),
      onFrozen: (...freeze) => this.checks.froze(...freeze),
    });
  }

  beUnderFaults(safetyMs: Millis): void {
    this.startAll();
    while (this.cluster.nowMs < safetyMs && !this.isBroken) {
      if (this.cluster.network.counters.delivered > DELIVERIES_MAX / 2) {
        this.isCutShort = true;
        return;
      }
      this.advance(safetyMs);
    }
  }

  heal(livenessMs: Millis): void {
    const { cluster, names, options } = this;
    const views = new HealedViews(cluster, names, options.faults);
    const startMs = cluster.nowMs;
    this.player.heal();
    this.revive();
    this.reunite();
    while (!this.isBroken) {
      if (views.isOne()) {
        this.healedMs = cluster.nowMs - startMs;
        views.check(this.checks);
        return;
      }
      if (cluster.network.counters.delivered > DELIVERIES_MAX) {
        this.checks.report("traffic is bounded", `more than ${DELIVERIES_MAX} datagrams`);
      }
      if (cluster.nowMs - startMs >= livenessMs) {
        this.checks.report("healed, all views become one", views.describe());
        return;
      }
      this.advance(cluster.nowMs + this.config.probeIntervalMs / LOOKS_PER_PERIOD);
    }
  }

  result(): RunResult {
    const { checks, cluster, healedMs, isCutShort } = this;
    return {
      violation: checks.broken && { ...checks.broken, lastEvents: [...checks.recent] },
      digest: cluster.digest ?? "",
      stats: {
        steps: checks.steps,
        delivered: cluster.network.counters.delivered,
        ranMs: cluster.nowMs,
        healedMs,
        falseDeaths: checks.falseDeaths.count,
        isCutShort,
      },
    };
  }

  private get isBroken(): boolean {
    return this.checks.broken !== undefined;
  }

  private startAll(): void {
    const { cluster, names, options, seeds } = this;
    if (options.start === "converged") {
      cluster.startConverged(names, options.isSeeded ? { seeds } : {});
      this.bury();
      return;
    }
    for (const name of options.unresolved) cluster.setResolvable(name, false);
    for (const name of names) {
      cluster.start(name, this.startOptions(name));
      if (options.start === "staggered") cluster.run(STAGGER_PERIODS * this.config.probeIntervalMs);
    }
  }

  private startOptions(node: string): SimStartOptions {
    return { seeds: this.seeds.filter((name) => name !== node) };
  }

  /** All remember members that will not return: what they were told of them was said long before. */
  private bury(): void {
    const { cluster, checks, options, names } = this;
    if (options.tombstones === null) return;
    const tombstones = tombstonesOf(options.tombstones, names);
    for (const { record, state, by } of tombstones) checks.buried(record, state, by);
    for (const { record } of tombstones) {
      if (!options.tombstones.isRefusing) cluster.network.takeDown(record.endpoint.host);
    }
    tellAll(cluster, tombstones);
  }

  /** Runs to the next thing that is to be done, or to `untilMs`. */
  private advance(untilMs: Millis): void {
    const { cluster, player } = this;
    const nextMs = Math.min(untilMs, player.nextAtMs ?? untilMs, this.nextInspectionMs);
    cluster.run(Math.max(0, nextMs - cluster.nowMs));
    player.play();
    if (cluster.nowMs >= this.nextInspectionMs) this.inspect();
  }

  private inspect(): void {
    const { cluster, checks, config, options } = this;
    this.nextInspectionMs = cluster.nowMs + config.probeIntervalMs / INSPECTIONS_PER_PERIOD;
    for (const name of cluster.running) {
      if (options.earlyWakeups) cluster.submit(name, { kind: "wakeup", stalledMs: 0 });
    }
    if (options.isTalkative) this.talk();
    for (const name of cluster.running) {
      checks.inspected(name, cluster.snapshot(name), cluster.nowMs);
    }
    checks.looked(cluster.nowMs);
  }

  /** One after the other says something, with pauses in which it is forgotten. */
  private talk(): void {
    const { running } = this.cluster;
    const speaker = running[Math.floor(this.inspections / PERIODS_A_WORD) % running.length];
    this.inspections++;
    if (speaker === undefined || this.inspections % PERIODS_A_WORD !== 1) return;
    this.cluster.submit(speaker, { kind: "send-user-event", name: "word", payload: "" });
  }

  /**
   * Operators on both sides of a cut may have made each side forget the other. Nobody dials who was
   * forgotten, so only an operator can bring a node back that has no seeds and knows nobody any more.
   */
  private reunite(): void {
    const { cluster, options } = this;
    const haveSeeds = options.isSeeded || options.start !== "converged";
    const areForgetful = options.faults.some(({ fault }) => fault.kind === "forget-dead");
    if (haveSeeds || !areForgetful) return;
    for (const name of cluster.running) {
      const others = cluster.running.filter((other) => other !== name);
      const [first] = others;
      const isAlone = others.every((other) => {
        const state = cluster.sees(name, other);
        return state === undefined || state === "forgotten";
      });
      if (first === undefined || !isAlone) continue;
      cluster.submit(name, { kind: "join", seeds: [cluster.endpointOf(first)] });
    }
  }

  /** Some of those that went down come back; and a seed, for those that know nobody else. */
  private revive(): void {
    const { cluster, names, options, seeds } = this;
    const isSeedUp = (): boolean => seeds.some((name) => cluster.isRunning(name));
    const back = names.filter((name) => options.revived.includes(name));
    const seed = seeds.find((name) => names.includes(name));
    if (!isSeedUp() && seed !== undefined) back.unshift(seed);
    // Who comes back while all seeds are down knows one that runs: else only chance could tell it.
    const known = isSeedUp() ? [] : cluster.running.slice(0, 1);
    for (const name of back) {
      if (cluster.isRunning(name)) continue;
      cluster.start(name, { seeds: [...seeds, ...known].filter((other) => other !== name) });
    }
  }
}

/** Where every datagram arrives soon, what must be known in time is known in time. */
function isGood({ networkName, network }: SwarmOptions): boolean {
  return networkName === "lan" && network.loss + network.reorder.probability + network.replay === 0;
}
