import type { ProfileName } from "../../../src/core/config.ts";

export interface DilemmaPlan {
  readonly profile: ProfileName;
  readonly warmMs: number;
  /** How long the slow member stands still each time, as a garbage collector or a busy disk makes it. */
  readonly pausesMs: readonly number[];
  readonly betweenMs: number;
  /** How long is watched after the crash: longer than the longest timeout. */
  readonly crashMs: number;
  /** Runs in the simulator, each with another seed. */
  readonly simRuns: number;
}

export const DILEMMA_PRESETS = ["full", "short"] as const;
export type DilemmaPreset = (typeof DILEMMA_PRESETS)[number];

export const DILEMMA_PLANS: Readonly<Record<DilemmaPreset, DilemmaPlan>> = Object.freeze({
  full: {
    profile: "local",
    warmMs: 10_000,
    pausesMs: [50, 100, 150, 250, 400, 600, 1000, 2500],
    betweenMs: 7000,
    crashMs: 12_000,
    simRuns: 20,
  },
  short: {
    profile: "local",
    warmMs: 3000,
    pausesMs: [100, 600],
    betweenMs: 1500,
    crashMs: 3000,
    simRuns: 2,
  },
});
