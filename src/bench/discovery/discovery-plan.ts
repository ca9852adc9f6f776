import type { ProfileName } from "../../core/config.ts";
import type { Preset } from "../preset.ts";

/** What can be measured, in the order of the table. */
export const DISCOVERY_ROWS = [
  "kill",
  "leave",
  "cascade",
  "restart",
  "watchers",
  "readers",
  "requests",
] as const;
/** One thing that is measured. */
export type DiscoveryRow = (typeof DISCOVERY_ROWS)[number];

/** Everything that decides what is measured, and for how long. */
export interface DiscoveryPlan {
  readonly rows: readonly DiscoveryRow[];
  readonly profile: ProfileName;
  /** Behind HAProxy, in the rows `kill` and `leave`. */
  readonly backEnds: number;
  readonly requestsPerS: number;
  /** How long the requests count after the end of a back end. */
  readonly countedMs: number;
  /** Runs that a figure is made of. */
  readonly runs: number;
  /** In the row `cascade`: all of them, and those on the consumer's side of the cut. */
  readonly cascade: {
    readonly backEnds: number;
    readonly reached: number;
    /** Whether the partition is played again with the panic share turned off. */
    readonly comparesPanicOff: boolean;
  };
  /** In the row `restart`: the servers, and how often the node is restarted that consumers ask. */
  readonly restart: { readonly servers: number; readonly times: number };
  readonly holdMs: number;
  /** Long polls, and as many streams. */
  readonly watchers: number;
  /** In the row `readers`: streams of all events, and how many happen. */
  readonly readers: { readonly count: number; readonly eventsPerS: number };
  readonly loadMs: number;
}

const PRESETS: Readonly<Record<Preset, DiscoveryPlan>> = Object.freeze({
  full: {
    rows: DISCOVERY_ROWS,
    profile: "local",
    backEnds: 3,
    requestsPerS: 200,
    countedMs: 5000,
    runs: 5,
    cascade: { backEnds: 20, reached: 5, comparesPanicOff: true },
    restart: { servers: 60, times: 10 },
    holdMs: 3000,
    watchers: 1000,
    readers: { count: 500, eventsPerS: 2000 },
    loadMs: 10_000,
  },
  // Whether it works, not how well.
  short: {
    rows: DISCOVERY_ROWS,
    profile: "local",
    backEnds: 3,
    requestsPerS: 100,
    countedMs: 2000,
    runs: 1,
    cascade: { backEnds: 6, reached: 1, comparesPanicOff: false },
    restart: { servers: 12, times: 2 },
    holdMs: 1000,
    watchers: 50,
    readers: { count: 20, eventsPerS: 500 },
    loadMs: 500,
  },
});

/** What was asked for on the command line. */
export interface DiscoveryChoice {
  readonly preset: Preset;
  readonly rows?: readonly DiscoveryRow[] | undefined;
  readonly profile?: ProfileName | undefined;
  readonly runs?: number | undefined;
}

/** The preset's plan, with what was chosen in its place. */
export function makeDiscoveryPlan({ preset, ...choice }: DiscoveryChoice): DiscoveryPlan {
  const plan = PRESETS[preset];
  return {
    ...plan,
    rows: choice.rows ?? plan.rows,
    profile: choice.profile ?? plan.profile,
    runs: choice.runs ?? plan.runs,
  };
}
