import { LIFEGUARD_LAN } from "../baselines/lifeguard/lifeguard-config.ts";
import { PACED } from "../candidates/candidate.ts";
import type { CaseFigures } from "./figures.ts";

/** How fast `lifeguard-same-traffic` was made at each size; undefined where it did not run. */
export function paceLine(figures: readonly CaseFigures[]): string | undefined {
  const paces = new Map(
    figures.flatMap(({ candidate, size, pace }) => (candidate === PACED ? [[size, pace]] : [])),
  );
  if (paces.size === 0) return undefined;
  const probes = [...paces]
    .sort(([a], [b]) => a - b)
    .map(([size, pace]) => `${Math.round(pace * LIFEGUARD_LAN.probeIntervalMs)} ms at n = ${size}`);
  return `${PACED} sends, when idle, as many bytes as hearsay. For that it probes every ${probes.join(", ")}.`;
}
