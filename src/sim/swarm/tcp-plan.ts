import { PROFILES } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { type Rng, sample, seededRng } from "../../core/primitives/rng.ts";
import { drawBetween, drawChance, drawInteger, drawOne, drawSpan } from "./draw.ts";
import type { Fault } from "./fault.ts";
import { castOf } from "./plot.ts";
import type { SwarmOptions } from "./swarm.ts";

/** While the profiles have neither, a seed draws what it always drew. */
export const HAS_TCP = PROFILES.lan.wires || PROFILES.lan.spies;

const STREAM_TCP = 102;

/** Most runs have what the profiles have; a cluster without it must be as sound. */
const WITH = 0.8;

const FAULTED = 0.5;
const FAULTS_MAX = 4;

/** Between these shares of the run that is under faults. */
const BEGIN = 0.1;
const END = 0.9;

type TcpFault = Extract<
  Fault,
  { kind: "pause-machine" | "drop-tcp" | "reset-wires" | "syn-proxy" }
>;

const KINDS: readonly TcpFault["kind"][] = [
  "pause-machine",
  "pause-machine",
  "drop-tcp",
  "reset-wires",
  "syn-proxy",
];

/** A run over datagrams alone, which draws nothing. */
export function withoutTcp(options: SwarmOptions): SwarmOptions {
  return { ...options, config: { ...options.config, wires: false, spies: false } };
}

/** Whether a run has wires and spies, and what troubles them: from numbers of its own. */
export function withTcp(options: SwarmOptions): SwarmOptions {
  const rng = seededRng([options.rngSeed, STREAM_TCP, 0, 0]);
  const wires = drawChance(rng, WITH);
  const spies = drawChance(rng, WITH);
  const config = { ...options.config, wires, spies };
  // A plot has all its faults already.
  const isTroubled = wires && options.story === "mixed" && drawChance(rng, FAULTED);
  if (!isTroubled) return { ...options, config };
  const { safetyMs, faults } = options;
  const added = Array.from({ length: drawInteger(rng, 1, FAULTS_MAX) }, () => ({
    atMs: drawBetween(rng, BEGIN * safetyMs, END * safetyMs),
    fault: drawFault(rng, options),
  }));
  return {
    ...options,
    config,
    faults: [...faults, ...added].sort((a, b) => a.atMs - b.atMs),
  };
}

function drawFault(rng: Rng, options: SwarmOptions): TcpFault {
  const { names, periodMs } = castOf(options, options.nodes);
  const kind = drawOne(rng, KINDS);
  const span = (min: number, max: number): Millis => drawSpan(rng, min, max, periodMs);
  const most = Math.max(1, Math.floor(names.length / 2));
  const some = drawChance(rng, 0.6) ? 1 : drawInteger(rng, 1, most);
  const nodes = sample(rng, names, some);
  switch (kind) {
    case "pause-machine":
      return { kind, nodes, forMs: span(0.2, 6) };
    case "drop-tcp":
      return {
        kind,
        nodes,
        direction: drawOne(rng, ["in", "out", "both"] as const),
        forMs: span(1, 20),
      };
    case "reset-wires":
      return { kind, everyMs: span(0.1, 4), forMs: span(1, 20) };
    case "syn-proxy":
      return { kind, nodes, forMs: span(1, 20) };
  }
}
