import type { NodeConfig } from "../../core/config.ts";
import { PROFILES } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { type Rng, sample } from "../../core/primitives/rng.ts";
import { NETWORKS } from "../network-model.ts";
import { drawBetween, drawChance, drawInteger, drawOne } from "./draw.ts";
import type { Fault, PlannedFault } from "./fault.ts";
import type { SwarmOptions } from "./swarm.ts";

/** The cluster of a story: how many nodes, and its times. */
export interface Cast {
  readonly names: readonly string[];
  readonly config: NodeConfig;
  /** T */
  readonly periodMs: Millis;
}

/** When a story's first fault may begin, in periods: the cluster has found itself. */
export const BEGIN = 6;
/** How long a story goes on after its last fault, in periods: what it led to is found out. */
const AFTERMATH = 8;

/** A cluster of that many nodes, with the times of the run's profile. */
export function castOf({ profile }: SwarmOptions, nodes: number): Cast {
  const config = PROFILES[profile];
  const names = Array.from({ length: nodes }, (_, index) => `n${index}`);
  return { names, config, periodMs: config.probeIntervalMs };
}

/** These faults among a cluster that has found itself, on a good network, and time for what they lead to. */
export function plot(
  { names, periodMs }: Cast,
  faults: readonly PlannedFault[],
): Partial<SwarmOptions> {
  const endMs = faults.reduce(
    (end, { atMs, fault }) => Math.max(end, atMs + ("forMs" in fault ? fault.forMs : 0)),
    BEGIN * periodMs,
  );
  return {
    nodes: names.length,
    networkName: "lan",
    network: NETWORKS.lan,
    start: "converged",
    isSeeded: false,
    faults,
    safetyMs: endMs + AFTERMATH * periodMs,
  };
}

/** A node falls silent: its host is gone, or it stands still for long. */
export function drawSilence(rng: Rng, { config, periodMs }: Cast, node: string): Fault {
  if (drawChance(rng, 0.5)) return { kind: "crash-host", node };
  return { kind: "freeze", nodes: [node], forMs: 3 * config.graceMs + 6 * periodMs };
}

/** Mostly the small ones: a crowd costs as much as twenty small clusters. */
export function drawCrowd(rng: Rng, sizes: readonly number[]): number {
  const small = sizes.filter((size) => size <= 16);
  return drawChance(rng, 0.08) ? drawOne(rng, sizes) : drawOne(rng, small);
}

/** One side of a partition: at least one node, and not all of them. */
export function drawSide(rng: Rng, names: readonly string[]): readonly string[] {
  return sample(rng, names, drawInteger(rng, 1, names.length - 1));
}

/** What goes on within a partition: goodbyes, ends, removals, upgrades of one side or of both. */
export function drawMeanwhile(
  rng: Rng,
  { names, periodMs }: Cast,
  side: readonly string[],
  span: { readonly atMs: Millis; readonly forMs: Millis; readonly isForgotten: boolean },
): PlannedFault[] {
  const at = (): Millis => span.atMs + drawBetween(rng, 0.15, 0.97) * span.forMs;
  const other = names.filter((name) => !side.includes(name));
  const kind = drawOne(rng, [
    "nothing",
    "restart-all",
    "restart-all",
    "leave",
    "kill",
    "forget",
  ] as const);
  if (kind === "nothing") return [];
  if (kind === "leave" || kind === "kill") {
    return [{ atMs: at(), fault: { kind, node: drawOne(rng, names) } }];
  }
  if (kind === "forget") {
    return [{ atMs: at(), fault: { kind: "forget-dead", node: drawOne(rng, names) } }];
  }
  const atMs = at();
  return [side, other]
    .filter((those) => those.length > 1)
    .flatMap((those) =>
      those.map((node, index) => ({
        atMs: atMs + index * 2 * periodMs,
        fault: {
          kind: "restart",
          node,
          disk: drawOne(rng, ["kept", "lost"] as const),
          // Where no tombstone is left, only its seeds can tell a new process of the other side.
          join: (span.isForgotten ? names : those).filter((each) => each !== node),
        } as const,
      })),
    );
}
