import type { ExperimentProgress, ExperimentResult } from "../../src/sim/experiment/experiment.ts";
import type { ExperimentOptions } from "../../src/sim/experiment/experiment-options.ts";
import type { RunStats } from "../../src/sim/swarm/simulate.ts";
import type { StoryName } from "../../src/sim/swarm/story-names.ts";

/** What a worker thread is given. */
export type Work =
  | { readonly kind: "experiment"; readonly options: ExperimentOptions }
  | {
      readonly kind: "swarm";
      readonly first: number;
      readonly last: number;
      readonly step: number;
      readonly story?: StoryName | undefined;
    };

/** One seed of a swarm that has run. */
export interface SeedOutcome {
  readonly rngSeed: number;
  readonly story: StoryName;
  /** What it drew: its story, the kinds of its faults, and what was special from the start. */
  readonly classes: readonly string[];
  readonly digest: string;
  readonly stats: RunStats;
  /** The rule that was broken and the whole story, or undefined. */
  readonly violation: { readonly rule: string; readonly text: string } | undefined;
}

/** What it says. */
export type Word =
  | { readonly kind: "progress"; readonly progress: ExperimentProgress }
  | { readonly kind: "experiment"; readonly result: ExperimentResult }
  | { readonly kind: "seed"; readonly outcome: SeedOutcome };
