import type { ProfileName } from "../../core/config.ts";
import type { Preset } from "../preset.ts";

/** The rows of the table, in its order. */
export const ROW_NAMES = [
  "kill",
  "stop",
  "back",
  "start",
  "leave",
  "flood",
  "idle",
  "stable",
] as const;
/** A row of the table: what is done to the cluster, and measured. */
export type RowName = (typeof ROW_NAMES)[number];

/** What can be measured beside hearsay. */
export const BESIDE_NAMES = ["auto", "serf", "none"] as const;
/** Whom to measure as well; `auto` takes what is installed. */
export type BesideName = (typeof BESIDE_NAMES)[number];

/** Everything that decides what is measured, and for how long. */
export interface BenchPlan {
  readonly rows: readonly RowName[];
  readonly profile: ProfileName;
  /** Kills, freezes, leaves and launches that one figure is made of. */
  readonly runs: number;
  readonly killSizes: readonly number[];
  readonly startSizes: readonly number[];
  /** Size of the cluster in which one member is frozen, comes back, leaves or is flooded. */
  readonly smallSize: number;
  readonly idleSize: number;
  readonly stableSize: number;
  /** How long a frozen process must be spared. */
  readonly freezesMs: readonly number[];
  readonly idleMs: number;
  readonly stableMs: number;
  /** Junk datagrams a second that one member is sent from one address. */
  readonly floodPerS: number;
  /** Quiet time between two faults, so that one does not affect the other. */
  readonly settleMs: number;
}

/** What the command line says; what it leaves out, the preset decides. */
export interface BenchChoice {
  readonly preset: Preset;
  readonly rows?: readonly RowName[] | undefined;
  readonly profile?: ProfileName | undefined;
  readonly runs?: number | undefined;
  /** Instead of the sizes of the rows `kill` and `start`. */
  readonly sizes?: readonly number[] | undefined;
  /** Instead of the size of the row `stable`. */
  readonly nodes?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly stableMs?: number | undefined;
}

const PRESETS: Readonly<Record<Preset, BenchPlan>> = Object.freeze({
  full: {
    rows: ROW_NAMES,
    profile: "lan",
    runs: 5,
    killSizes: [5, 10, 30],
    startSizes: [5, 30],
    smallSize: 5,
    idleSize: 10,
    stableSize: 60,
    freezesMs: [2_000, 3_000],
    idleMs: 120_000,
    stableMs: 120_000,
    floodPerS: 50_000,
    settleMs: 3_000,
  },
  // Each row once, with numbers too small to mean anything: whether it works, not how well.
  short: {
    rows: ROW_NAMES,
    profile: "local",
    runs: 1,
    killSizes: [3],
    startSizes: [3],
    smallSize: 3,
    idleSize: 3,
    stableSize: 4,
    freezesMs: [150],
    idleMs: 800,
    stableMs: 800,
    floodPerS: 5_000,
    settleMs: 300,
  },
});

/** The plan of a preset, with what the command line says in its place. */
export function makePlan(choice: BenchChoice): BenchPlan {
  const preset = PRESETS[choice.preset];
  return {
    ...preset,
    rows: choice.rows ?? preset.rows,
    profile: choice.profile ?? preset.profile,
    runs: choice.runs ?? preset.runs,
    killSizes: choice.sizes ?? preset.killSizes,
    startSizes: choice.sizes ?? preset.startSizes,
    stableSize: choice.nodes ?? preset.stableSize,
    idleMs: choice.idleMs ?? preset.idleMs,
    stableMs: choice.stableMs ?? preset.stableMs,
  };
}
