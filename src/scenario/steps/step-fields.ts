import { z } from "zod";
import type { ConditionSource } from "../conditions/registry.ts";
import { duration } from "../language/schemas/scalars.ts";
import type { StepSource } from "./registry.ts";

/** Steps inside a step: parsed one by one, so that each error has its own place. */
export const steps = z
  .custom<readonly StepSource[]>((value) => Array.isArray(value), {
    error: "must be a list of steps",
  })
  .meta({ isSteps: true });

/** A condition, parsed apart. */
export const condition = z
  .custom<ConditionSource>(
    (value) => typeof value === "string" || (typeof value === "object" && value !== null),
    { error: "must be converged, or a map such as { see: { c: dead } }" },
  )
  .meta({ isCondition: true });

/** How long until a condition holds, and how long it must hold. */
export const PATIENCE = {
  within: duration.describe("How long it may take").optional(),
  hold: duration.describe("How long it must keep holding").optional(),
} as const;

/** Of a fault with an end of its own. */
export const TIMED_FAULT = {
  for: duration.describe("It ends by itself after this, and the next step waits for it").optional(),
  during: steps.optional(),
} as const;
