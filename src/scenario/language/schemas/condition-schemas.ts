import { z } from "zod";
import { EVENT_KINDS } from "./event-fields.ts";
import { duration, line, name, nodes, oneOrMore, trafficRate, wholeNumber } from "./scalars.ts";

const SEEN_STATES = ["alive", "suspect", "dead", "left", "unknown"] as const;
const stateError = "must be alive, suspect, dead, left, unknown, or a list of these";

const seenState = z.enum(SEEN_STATES, { error: stateError });
const seenStates = z.union([seenState, z.array(seenState).min(1, { error: stateError })], {
  error: stateError,
});

const who = oneOrMore("must be anyone, a node, a group, or a list of them").describe(
  "anyone whose process runs, a node, a group, or a list of them",
);

const seenBy = oneOrMore("must be anyone, same_side, a node, a group, or a list of them").describe(
  "Viewers; same_side, with dead: those that no fault kept from the member",
);

const viewers = nodes.describe("Whose views count; without it those of all that run").optional();

const since = line.describe("Text of a mark; without it the begin of the block").optional();

const eventsError = "must be a list of at least one event";
const eventError = "must be an event such as member-changed";

const eventPattern = z
  .object(
    { event: z.string({ error: eventError }).meta({ enum: EVENT_KINDS }) },
    { error: "must be a map such as { node: a, event: member-changed, member: c, to: dead }" },
  )
  .catchall(
    z.union([z.string(), z.number(), z.boolean(), z.null()], { error: "must be a single value" }),
  );

/**
 * What a condition looks like, by the key that tells its kind. To add a kind: a shape here, its type in
 * `../condition-source.ts`, a variant of `Condition`, a reader in `parse-condition.ts`, a judge in `../../judging`.
 */
export const CONDITION_SCHEMAS = {
  converged: z
    .strictObject({ converged: nodes })
    .describe("The views of these nodes are equal, and all of them alive in them"),
  see: z
    .strictObject({
      see: z.record(z.string(), seenStates, {
        error: "must be a map of nodes to states, such as { c: dead }",
      }),
      viewers,
    })
    .describe("Every viewer sees these nodes so"),
  count: z
    .strictObject({
      count: z.partialRecord(z.enum(SEEN_STATES), wholeNumber(0, 100_000), {
        error: "must be a map of states to numbers, such as { alive: 5, dead: 1 }",
      }),
      viewers,
    })
    .describe("Every viewer sees so many members in these states"),
  detected: z
    .strictObject({ detected: nodes, viewers })
    .describe("Every viewer holds them dead; `within` counts from what ended them"),
  back: z
    .strictObject({ back: nodes, viewers })
    .describe("Every viewer holds them alive; `within` counts from their return"),
  isolated: z.strictObject({ isolated: nodes }).describe("They know that they are isolated"),
  not_isolated: z.strictObject({ not_isolated: nodes }).describe("They do not feel isolated"),
  events: z
    .strictObject({
      events: z.array(eventPattern, { error: eventsError }).min(1, { error: eventsError }),
      since,
    })
    .describe("These events happened in this order"),
  incarnation_rises: z
    .strictObject({ incarnation_rises: nodes, viewers, since })
    .describe("Every viewer sees a higher incarnation than then"),
  traffic_below: z
    .strictObject({ traffic_below: trafficRate, viewers })
    .describe("Each node sends less than this on average, while it is held"),
  ended: z
    .strictObject({ ended: name, exit_code: wholeNumber(0, 255).optional() })
    .describe("The process ended by itself"),
  pool_of: z
    .strictObject({
      pool_of: line.describe("A consumer"),
      size: wholeNumber(0, 1000).describe("How many members it uses").optional(),
      in: nodes.describe("Members that it uses").optional(),
      out: nodes.describe("Members that it does not use").optional(),
      panic: z.boolean({ error: "must be true or false" }).optional(),
    })
    .describe("What a consumer uses"),
  alive: seenShape("alive"),
  suspect: seenShape("suspect"),
  dead: seenShape("dead"),
  left: seenShape("left"),
} as const;

function seenShape<K extends "alive" | "suspect" | "dead" | "left">(state: K) {
  return z
    .strictObject({ [state]: who, seen_by: seenBy.optional() } as Record<K, typeof who> & {
      seen_by: z.ZodOptional<typeof seenBy>;
    })
    .describe(`Some view holds one of them ${state}; for never`);
}

export type ConditionKey = keyof typeof CONDITION_SCHEMAS;

export const CONDITION_KEYS = Object.keys(CONDITION_SCHEMAS) as readonly ConditionKey[];

/** What may stand alone as a word. */
export const CONDITION_WORDS = ["converged"] as const;

/** How long until it is so, and how long it must stay so. */
export const PATIENCE = {
  within: duration.describe("How long it may take").optional(),
  hold: duration.describe("How long it must stay so").optional(),
} as const;
