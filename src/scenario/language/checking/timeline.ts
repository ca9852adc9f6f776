import type { Millis } from "../../../core/member.ts";
import type { Step } from "../../steps/registry.ts";
import type { TimedFault } from "../../steps/timed-fault.ts";
import type { SourceLocation } from "../scenario.ts";
import type { ProcessStates } from "./process-states.ts";

/** What a scenario has come to at a step, for the check of that step. */
export interface Timeline {
  /** Which processes run; the check says what becomes of those of its step. */
  readonly processes: ProcessStates;
  /** Texts of the marks so far. */
  readonly marks: Set<string>;
  /** Notes a mistake; the same one in a second round of a repeat counts once. */
  addIssue(step: SourceLocation, message: string): void;
  /** Complains where the block around the step does not last so long. */
  mustFit(step: SourceLocation, neededMs: Millis): void;
  /** Checks what happens during a fault. How long the fault lasts; 0 where it has no end of its own. */
  timedFault(step: SourceLocation & TimedFault): Millis;
  /** Checks steps of the same block. How long they take at least. */
  steps(steps: readonly Step[]): Millis;
}
