import type { Millis } from "../../core/member.ts";
import type { FaultsInForce } from "../run/faults-in-force.ts";
import type { ProcessStarts } from "../run/process-starts.ts";
import type { RunContext } from "../run/run-context.ts";
import type { FaultSpan } from "../run-record.ts";
import type { ExpectStep, StandingStep } from "./expectation.ts";
import type { Step } from "./registry.ts";

/** Only an expectation can fail; every other step is done, or throws. */
export type StepOutcome = "done" | "failed";

/** A step that is a fault with an end of its own. */
export type FaultStep = Pick<FaultSpan, "verb" | "label" | "nodes"> & {
  readonly id: string;
  readonly during: readonly Step[];
};

/** What a step is performed with: the run, and the block that the step is in. */
export interface StepRun {
  /** The clock, the cluster, and what is known of it. */
  readonly context: RunContext;
  /** Faults of links, until they are healed. */
  readonly faults: FaultsInForce;
  readonly processes: ProcessStarts;
  /** Plays steps as a block inside this one. */
  play(steps: readonly Step[]): Promise<void>;
  /** Plays steps as a block that lasts so long, whatever they take: what happens during a fault. */
  playFor(forMs: Millis, steps: readonly Step[]): Promise<void>;
  /** The same, and the record shows a fault of these nodes for that time. */
  playFault(step: FaultStep, forMs: Millis): Promise<void>;
  /** Waits until a condition holds, or failed. */
  expect(step: ExpectStep): Promise<StepOutcome>;
  /** Judges a condition from now until the block ends. */
  stand(step: StandingStep): Promise<void>;
  /** Names this moment, in the report and for `since`. */
  mark(text: string): void;
  /** Tells whoever watches the run. */
  log(text: string): void;
}
