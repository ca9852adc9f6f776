import type { ExperimentProgress, ExperimentResult } from "../../src/sim/experiment/experiment.ts";
import type { ExperimentOptions } from "../../src/sim/experiment/experiment-options.ts";
import type { RunStats } from "../../src/sim/swarm/simulate.ts";

/** What a worker thread is given. */
export type Work =
  | { readonly kind: "experiment"; readonly options: ExperimentOptions }
  | {
      readonly kind: "swarm";
      readonly first: number;
      readonly last: number;
      readonly step: number;
    };

/** One seed of a swarm that has run. */
export interface SeedOutcome {
  readonly rngSeed: number;
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
