import type { Millis } from "../../core/member.ts";
import type { DurationSource } from "../language/scalar-sources.ts";
import { durationMs } from "../language/schemas/scalars.ts";
import type { Step, StepSource } from "./registry.ts";
import type { StepContext } from "./step-word.ts";

/** A fault with an end of its own: what happens meanwhile, and when it is over. */
export interface TimedFault {
  /** Null: until it is ended by a later step, or with the run. */
  readonly forMs: Millis | null;
  readonly during: readonly Step[];
}

/** The keys of a step that is a fault. */
export interface TimedFaultSource {
  /** It ends by itself after this, and the next step waits for it. */
  readonly for?: DurationSource | undefined;
  readonly during?: readonly StepSource[] | undefined;
}

/** How long a fault lasts, and what happens meanwhile. */
export function parseTimedFault(
  { for: forText, during }: TimedFaultSource,
  { path, issues, parseSteps }: StepContext,
): TimedFault {
  if (forText === undefined && during !== undefined) {
    issues.add([...path, "during"], "during needs for: how long the fault lasts", "key");
  }
  return {
    forMs: forText === undefined ? null : durationMs(forText),
    during: parseSteps(during ?? [], [...path, "during"]),
  };
}

/** ` for 5s`, behind the label of a fault; empty without an end. */
export function showLasting({ for: forText }: TimedFaultSource): string {
  return forText === undefined ? "" : ` for ${forText}`;
}
