import type { Millis } from "../../core/member.ts";
import { type Rng, sample } from "../../core/primitives/rng.ts";
import { drawBetween, drawChance, drawInteger, drawOne, drawPair, drawSpan } from "./draw.ts";
import type { Fault, PlannedFault } from "./fault.ts";

interface PlanFrame {
  readonly names: readonly string[];
  readonly periodMs: Millis;
  readonly safetyMs: Millis;
}

/** In periods: when faults may begin, after the cluster has found itself and before everything heals. */
const BEGIN_PERIODS = 4;
const END_PERIODS = 2;
const FAULTS_MAX = 12;

type Draw = (rng: Rng, frame: PlanFrame, atMs: Millis) => readonly PlannedFault[];

/** Sometimes a fault brings another: what went down comes back up. */
const DRAWS: Readonly<Record<string, Draw>> = {
  kill: (rng, frame, atMs) => downAndUp(rng, frame, atMs, "kill"),
  "crash-host": (rng, frame, atMs) => downAndUp(rng, frame, atMs, "crash-host"),
  leave: (rng, frame, atMs) => downAndUp(rng, frame, atMs, "leave"),
  bounce: (rng, { names }, atMs) => [
    { atMs, fault: { kind: "restart", node: drawOne(rng, names), disk: drawDisk(rng) } },
  ],
  // Within one second of the wall clock: two starts of one incarnation where the disk is lost.
  "bounce-twice": (rng, { names, periodMs }, atMs) => {
    const node = drawOne(rng, names);
    const againMs = atMs + drawBetween(rng, 0.05, 0.5) * Math.min(1000, periodMs);
    return [atMs, againMs].map((at) => ({
      atMs: at,
      fault: { kind: "restart", node, disk: drawDisk(rng) },
    }));
  },
  freeze: (rng, { names, periodMs }, atMs) => {
    const forMs = drawSpan(rng, 0.2, 6, periodMs);
    return [{ atMs, fault: { kind: "freeze", nodes: drawSome(rng, names), forMs } }];
  },
  partition: drawPartition,
  cut: (rng, frame, atMs) => onLink(rng, frame, atMs, "cut", 15),
  clog: (rng, frame, atMs) => onLink(rng, frame, atMs, "clog", 4),
  "bad-link": (rng, { names, periodMs }, atMs) => {
    const nodes = drawSome(rng, names);
    const direction = drawOne(rng, ["in", "out"] as const);
    // Nearly deaf is harder to tell than deaf.
    const loss = 1 - 0.6 * rng.next() ** 2;
    const forMs = drawSpan(rng, 0.5, 20, periodMs);
    return [{ atMs, fault: { kind: "bad-link", nodes, direction, loss, forMs } }];
  },
  storm: (rng, { periodMs }, atMs) => {
    const loss = drawBetween(rng, 0.2, 0.95);
    return [{ atMs, fault: { kind: "storm", loss, forMs: drawSpan(rng, 1, 8, periodMs) } }];
  },
  "jump-wall-clock": (rng, { names }, atMs) => {
    const byMs = drawOne(rng, [-86_400_000, -60_000, -1_000, 1_000, 60_000, 86_400_000] as const);
    return [{ atMs, fault: { kind: "jump-wall-clock", node: drawOne(rng, names), byMs } }];
  },
  advertise: (rng, { names }, atMs) => {
    const value = String(drawInteger(rng, 0, 9));
    return [{ atMs, fault: { kind: "advertise", node: drawOne(rng, names), value } }];
  },
  "forget-dead": (rng, { names }, atMs) => [
    { atMs, fault: { kind: "forget-dead", node: drawOne(rng, names) } },
  ],
};

/** In a few runs nothing but partitions happens: only the protocol itself can heal those. */
const PARTITIONS_ALONE = 0.08;

/**
 * Faults in the order of their times. Each seed leaves about half of the kinds out, so that a kind
 * also meets quiet company (swarm testing, Groce et al., ISSTA 2012).
 */
export function drawFaults(rng: Rng, frame: PlanFrame): readonly PlannedFault[] {
  const some = Object.values(DRAWS).filter(() => drawChance(rng, 0.5));
  const kinds = drawChance(rng, PARTITIONS_ALONE) ? [drawPartition] : some;
  if (kinds.length === 0) return [];
  const count = drawInteger(rng, 1, FAULTS_MAX);
  const beginMs = BEGIN_PERIODS * frame.periodMs;
  const endMs = frame.safetyMs - END_PERIODS * frame.periodMs;
  const planned = Array.from({ length: count }, () => {
    const draw = drawOne(rng, kinds);
    return draw(rng, frame, drawBetween(rng, beginMs, endMs));
  });
  return planned
    .flat()
    .filter(({ atMs }) => atMs < frame.safetyMs)
    .sort((a, b) => a.atMs - b.atMs);
}

function drawPartition(rng: Rng, frame: PlanFrame, atMs: Millis): readonly PlannedFault[] {
  const forMs = drawSpan(rng, 1, 30, frame.periodMs);
  return [{ atMs, fault: { kind: "partition", groups: drawGroups(rng, frame.names), forMs } }];
}

function downAndUp(
  rng: Rng,
  { names, periodMs }: PlanFrame,
  atMs: Millis,
  kind: "kill" | "crash-host" | "leave",
): readonly PlannedFault[] {
  const node = drawOne(rng, names);
  const down: PlannedFault = { atMs, fault: { kind, node } };
  if (drawChance(rng, 0.4)) return [down];
  const upAtMs = atMs + drawSpan(rng, 0.1, 20, periodMs);
  return [down, { atMs: upAtMs, fault: { kind: "restart", node, disk: drawDisk(rng) } }];
}

function onLink(
  rng: Rng,
  { names, periodMs }: PlanFrame,
  atMs: Millis,
  kind: "cut" | "clog",
  periodsMax: number,
): readonly PlannedFault[] {
  const [from, to] = drawPair(rng, names);
  const forMs = drawSpan(rng, 0.5, periodsMax, periodMs);
  return [{ atMs, fault: { kind, from, to, forMs } }];
}

/** Mostly one; else up to half of them, as when machines share a switch. */
function drawSome(rng: Rng, names: readonly string[]): readonly string[] {
  const most = Math.max(1, Math.floor(names.length / 2));
  return sample(rng, names, drawChance(rng, 0.6) ? 1 : drawInteger(rng, 1, most));
}

function drawGroups(rng: Rng, names: readonly string[]): readonly (readonly string[])[] {
  const shuffled = sample(rng, names, names.length);
  const first = drawInteger(rng, 1, Math.max(1, names.length - 1));
  const groups = [shuffled.slice(0, first), shuffled.slice(first)];
  return groups.filter((group) => group.length > 0);
}

function drawDisk(rng: Rng): Extract<Fault, { kind: "restart" }>["disk"] {
  return drawChance(rng, 0.5) ? "kept" : "lost";
}
