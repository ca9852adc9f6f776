import type { ProfileName } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { type Rng, sample, seededRng } from "../../core/primitives/rng.ts";
import type { NetworkName } from "../network-model.ts";
import { drawBetween } from "../swarm/draw.ts";
import type { PlannedFault } from "../swarm/fault.ts";

/** A cluster of any size, and what is to happen to it. */
export interface ExperimentOptions {
  readonly rngSeed: number;
  readonly nodes: number;
  readonly profile: ProfileName;
  readonly network: NetworkName;
  /** Probability for each datagram. */
  readonly loss: number;
  readonly refusals: boolean;
  /** As members that know each other, or joining through the first one at once. */
  readonly start: "converged" | "join";
  readonly durationMs: Millis;
  /** Processes that end while their hosts live on. */
  readonly crashes: number;
  /** Hosts that lose their power. */
  readonly hostCrashes: number;
  /** Processes that stand still for `stallMs`, and go on. */
  readonly stalls: number;
  readonly stallMs: Millis;
  /** Members of the smaller side of a partition, 0 for none, and how long it lasts. */
  readonly partitioned: number;
  readonly partitionMs: Millis;
  /** All faults at this moment; null spreads them over the run. */
  readonly faultsAtMs: Millis | null;
}

const STREAM_EXPERIMENT = 200;

/** Spread faults leave the beginning and the end of the run alone: shares of its duration. */
const SPREAD_FROM = 0.15;
const SPREAD_TO = 0.7;

/** What happens to whom and when, drawn from the seed. Nobody is hit twice. */
export function planExperiment(
  options: ExperimentOptions,
  names: readonly string[],
): PlannedFault[] {
  const rng = seededRng([options.rngSeed, STREAM_EXPERIMENT, 0, 0]);
  const { crashes, hostCrashes, stalls, stallMs, partitioned, partitionMs } = options;
  const hit = sample(rng, names, crashes + hostCrashes + stalls);
  const plan: PlannedFault[] = hit.map((node, index) => {
    const atMs = drawTime(rng, options);
    if (index < crashes) return { atMs, fault: { kind: "kill", node } };
    if (index < crashes + hostCrashes) return { atMs, fault: { kind: "crash-host", node } };
    return { atMs, fault: { kind: "freeze", nodes: [node], forMs: stallMs } };
  });
  if (partitioned > 0) {
    const groups = [sample(rng, names, partitioned)];
    const fault = { kind: "partition", groups, forMs: partitionMs } as const;
    plan.push({ atMs: options.faultsAtMs ?? SPREAD_FROM * options.durationMs, fault });
  }
  return plan.sort((a, b) => a.atMs - b.atMs);
}

function drawTime(rng: Rng, { faultsAtMs, durationMs }: ExperimentOptions): Millis {
  return faultsAtMs ?? drawBetween(rng, SPREAD_FROM * durationMs, SPREAD_TO * durationMs);
}
