import type { Millis } from "../../core/member.ts";
import type { FaultsInForce } from "../run/faults-in-force.ts";
import type { ProcessSteps } from "../run/process-steps.ts";
import type { RunContext } from "../run/run-context.ts";
import type { ExpectStep, StandingStep } from "./expectation.ts";
import type { Step } from "./registry.ts";

/** Only an expectation can fail; every other step is done, or throws. */
export type StepOutcome = "done" | "failed";

/** What a step is performed with: the run, and the block that the step is in. */
export interface StepRun {
  /** The clock, the cluster, and what is known of it. */
  readonly context: RunContext;
  /** Faults of links, until they are healed. */
  readonly faults: FaultsInForce;
  readonly processes: ProcessSteps;
  /** Plays steps as a block inside this one. */
  play(steps: readonly Step[]): Promise<void>;
  /** Plays steps as a block that lasts so long, whatever they take: what happens during a fault. */
  playFor(forMs: Millis, steps: readonly Step[]): Promise<void>;
  /** Waits until a condition holds, or failed. */
  expect(step: ExpectStep): Promise<StepOutcome>;
  /** Judges a condition from now until the block ends. */
  stand(step: StandingStep): Promise<void>;
  /** Names this moment, in the report and for `since`. */
  mark(text: string): void;
  /** Tells whoever watches the run. */
  log(text: string): void;
}
