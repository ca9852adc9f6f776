import type { NodeConfig, ProfileName } from "../../core/config.ts";
import { PROFILES } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { type Rng, seededRng } from "../../core/primitives/rng.ts";
import { NETWORKS, type NetworkModel, type NetworkName } from "../network-model.ts";
import type { HostModel } from "../sim-options.ts";
import { drawBetween, drawChance, drawInteger, drawOne } from "./draw.ts";
import type { PlannedFault } from "./fault.ts";
import { drawFaults } from "./fault-plan.ts";
import { STORIES } from "./stories.ts";
import { PLOTS, type StoryName } from "./story-names.ts";
import { HAS_TCP, withoutTcp, withTcp } from "./tcp-plan.ts";

/** Everything that is drawn for one run. Plain frozen data, made of the seed alone. */
export interface SwarmOptions {
  readonly rngSeed: number;
  /** What the run is about; `mixed`: anything. */
  readonly story: StoryName;
  readonly nodes: number;
  readonly profile: ProfileName;
  readonly refusals: boolean;
  readonly networkName: NetworkName;
  readonly network: NetworkModel;
  readonly hosts: HostModel;
  /** All at once, one after the other, or as members that know each other already. */
  readonly start: "together" | "staggered" | "converged";
  /**
   * Whether those that know each other from the start also have seeds to dial: without them only
   * the protocol itself can bring a parted cluster together. Restarted ones always have.
   */
  readonly isSeeded: boolean;
  /** How many of the nodes, from the first on, are everybody's seeds. */
  readonly seeds: number;
  /** Those that are never started. */
  readonly absent: readonly string[];
  /** Those whose names do not resolve yet when the first ones start. */
  readonly unresolved: readonly string[];
  /** Members that all remember and that will not return, and what their hosts do. */
  readonly tombstones: {
    readonly count: number;
    readonly state: "dead" | "left";
    readonly isRefusing: boolean;
  } | null;
  /** What differs from the profile. */
  readonly config: Partial<NodeConfig>;
  /** Every node gets a wakeup that it did not ask for once a period. */
  readonly earlyWakeups: boolean;
  /** Every few periods somebody gives out a user event. */
  readonly isTalkative: boolean;
  readonly faults: readonly PlannedFault[];
  /** Of the nodes that do not run when everything heals, these are started again. */
  readonly revived: readonly string[];
  readonly safetyMs: Millis;
  readonly livenessMs: Millis;
}

/** In periods of the profile, so that a run of each costs about the same. */
const SAFETY_PERIODS = 40;
const LIVENESS_PERIODS = 30;

const SEEDS = 3;

const STREAM_SWARM = 100;
const STREAM_STORY = 101;

/** Of all seeds, so many are drawn from anything; the others have a plot, the costly ones seldom. */
const MIXED = 0.6;
const COSTLY: readonly StoryName[] = ["small-mtu", "tombstones"];
const TOLD = PLOTS.flatMap((plot) => (COSTLY.includes(plot) ? [plot] : [plot, plot, plot]));

/**
 * Draws cluster, network, hosts and faults of one run; of that story if one is given. Without TCP
 * neither wires nor spies, nor what troubles them.
 */
export function swarm(rngSeed: number, story?: StoryName, hasTcp = HAS_TCP): SwarmOptions {
  const base = drawMixed(rngSeed);
  const rng = seededRng([rngSeed, STREAM_STORY, 0, 0]);
  const drawn = drawChance(rng, MIXED) ? "mixed" : drawOne(rng, TOLD);
  const name = story ?? drawn;
  const plot = name === "mixed" ? {} : { story: name, ...STORIES[name]({ rng, base }) };
  const options = { ...base, ...plot };
  return Object.freeze(hasTcp ? withTcp(options) : withoutTcp(options));
}

function drawMixed(rngSeed: number): SwarmOptions {
  const rng = seededRng([rngSeed, STREAM_SWARM, 0, 0]);
  const nodes = drawNodes(rng);
  const profile = drawOne(rng, ["local", "lan", "lan", "wan"] as const);
  const networkName = drawNetworkName(rng, profile);
  const periodMs = PROFILES[profile].probeIntervalMs;
  const safetyMs = SAFETY_PERIODS * periodMs;
  const names = nodeNames(nodes);
  const drawn = {
    rngSeed,
    story: "mixed",
    nodes,
    profile,
    refusals: drawChance(rng, 0.8),
    networkName,
    network: drawNetwork(rng, networkName),
    hosts: drawHosts(rng),
    start: drawOne(rng, ["together", "staggered", "converged", "converged", "converged"] as const),
    isSeeded: drawChance(rng, 0.25),
    seeds: SEEDS,
    absent: [],
    unresolved: [],
    tombstones: null,
    config: {},
    earlyWakeups: drawChance(rng, 0.3),
    faults: drawFaults(rng, { names, periodMs, safetyMs }),
    revived: drawRevived(rng, names),
    safetyMs,
    livenessMs: LIVENESS_PERIODS * periodMs,
  } as const;
  // Drawn last, so that it changes nothing that a seed drew before there was any talk.
  return { ...drawn, isTalkative: drawChance(rng, 0.3) };
}

/** The processes of a run, in the order of their start. */
export function nodeNames(nodes: number): string[] {
  return Array.from({ length: nodes }, (_, index) => `n${index}`);
}

/** Mostly small: that is where quorums, gates and pairs behave in ways of their own. */
function drawNodes(rng: Rng): number {
  if (drawChance(rng, 0.04)) return drawInteger(rng, 17, 48);
  return drawChance(rng, 0.3) ? drawInteger(rng, 9, 16) : drawInteger(rng, 2, 8);
}

function drawNetworkName(rng: Rng, profile: ProfileName): NetworkName {
  if (profile === "local") return "lan";
  return profile === "lan"
    ? drawOne(rng, ["lan", "lan", "mixed"] as const)
    : drawOne(rng, ["wan", "wan", "mixed", "lan"] as const);
}

function drawNetwork(rng: Rng, name: NetworkName): NetworkModel {
  const sometimes = (probability: number, most: number): number =>
    drawChance(rng, probability) ? drawBetween(rng, 0, most) : 0;
  return Object.freeze({
    ...NETWORKS[name],
    loss: sometimes(0.4, 0.2),
    duplicate: sometimes(0.3, 0.2),
    reorder: { probability: sometimes(0.3, 0.2), upToMs: drawBetween(rng, 1, 60) },
    replay: sometimes(0.3, 0.6),
  });
}

function drawRevived(rng: Rng, names: readonly string[]): readonly string[] {
  const share = drawOne(rng, [0, 0, 0.5] as const);
  return names.filter(() => drawChance(rng, share));
}

function drawHosts(rng: Rng): HostModel {
  return Object.freeze({
    receiveQueueMax: drawOne(rng, [256, 5000] as const),
    timerLatenessMsMax: drawOne(rng, [0, 0, 3, 30] as const),
  });
}
