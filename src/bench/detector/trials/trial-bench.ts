import type { BenchmarkCluster } from "./benchmark-cluster.ts";
import type { FalseDeathTally } from "./false-deaths.ts";
import type { Measures } from "./measures.ts";

/** What a trial works with, and where it notes what it finds. */
export interface TrialBench extends Measures {
  readonly cluster: BenchmarkCluster;
  readonly tally: FalseDeathTally;
}
