import { z } from "zod";
import { line, nodes } from "../language/schemas/scalars.ts";

/** Key `viewers` of a condition about views. */
export const viewers = nodes
  .describe("The nodes whose views count; default: all that run")
  .optional();

/** Key `since` of a condition about what has happened. */
export const since = line
  .describe("Text of a mark; default: the beginning of the block")
  .optional();

const SEEN_STATES = ["alive", "suspect", "dead", "left", "unknown"] as const;

/** Completes "<key> …". */
export const seenStateError = "must be alive, suspect, dead, left, unknown, or a list of these";

/** What a viewer may see of a member. */
export const seenState = z.enum(SEEN_STATES, { error: seenStateError });

/** Keys that are seen states. */
export const seenStateKey = z.enum(SEEN_STATES);
