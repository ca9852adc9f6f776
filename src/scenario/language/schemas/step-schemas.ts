import { z } from "zod";
import type { ConditionSource } from "../../conditions/registry.ts";
import type { RunView } from "../run-view.ts";
import type { StepSource } from "../step-source.ts";
import { duration, line, name, nodes, oneOrMore, share, wholeNumber } from "./scalars.ts";

/** Steps inside a block: read one by one, so that each error has its own place. */
const steps = z
  .custom<readonly StepSource[]>((value) => Array.isArray(value), {
    error: "must be a list of steps",
  })
  .meta({ isSteps: true });

const condition = z
  .custom<ConditionSource>(
    (value) => typeof value === "string" || (typeof value === "object" && value !== null),
    { error: "must be converged, or a map such as { see: { c: dead } }" },
  )
  .meta({ isCondition: true });

const check = z.custom<(view: RunView) => string | undefined>(
  (value) => typeof value === "function",
  { error: "must be a function; only a program can give one" },
);

/** How long until it is so, and how long it must stay so. */
const PATIENCE = {
  within: duration.describe("How long it may take").optional(),
  hold: duration.describe("How long it must stay so").optional(),
} as const;

const SPELL = {
  for: duration.describe("It ends by itself after this, and the next step waits for it").optional(),
  during: steps.optional(),
} as const;

const sides = z
  .array(nodes, { error: "must be a list of sides, such as [[a, b], [c, d, e]]" })
  .min(1, { error: "needs at least one side" });

/** Which links: all, those from or to nodes, those between two sides, or those of one node. */
const LINKS = {
  from: nodes.optional(),
  to: nodes.optional(),
  between: z
    .array(nodes, { error: "must be two sides, such as [a, [b, c]]" })
    .length(2, { error: "must be two sides, such as [a, [b, c]]" })
    .describe("Both directions between two sides")
    .optional(),
  node: nodes.describe("Every link from and to these nodes").optional(),
} as const;

const allLinks = (what: string) => `must be ${what}`;

/** What each step looks like, by its verb; its type stands in `../step-source.ts`. */
export const STEP_SCHEMAS = {
  start: z
    .strictObject({
      start: nodes,
      as: name.describe("The member that it claims to be").optional(),
      join: nodes.describe("Whom it dials; without it the first few that run").optional(),
    })
    .describe("Starts processes, all at once, and waits until they are ready"),
  stop: z.strictObject({ stop: nodes }).describe("SIGTERM: they say goodbye and end"),
  kill: z.strictObject({ kill: nodes }).describe("SIGKILL"),
  pause: z.strictObject({ pause: nodes, ...SPELL }).describe("SIGSTOP: they stand still"),
  resume: z.strictObject({ resume: nodes }).describe("SIGCONT"),
  leave: z.strictObject({ leave: nodes }).describe("They say goodbye on request, and end"),
  restart: z
    .strictObject({ restart: nodes, down: duration.optional() })
    .describe("SIGKILL if they run, and a start at the same address"),
  partition: z
    .strictObject({ partition: sides, ...SPELL })
    .describe("Sides that do not reach each other; those in none form one more"),
  isolate: z.strictObject({ isolate: nodes, ...SPELL }).describe("Each alone"),
  bridge: z
    .strictObject({
      bridge: z.strictObject({ sides: sides.length(2, { error: "must be two" }), over: nodes }),
      ...SPELL,
    })
    .describe("Two sides that do not reach each other, and nodes that reach both"),
  ring: z
    .strictObject({ ring: nodes, ...SPELL })
    .describe("Each reaches a majority, its nearest in this order, and no two the same one"),
  oneway: z
    .strictObject({ oneway: z.strictObject({ from: nodes, to: nodes }), ...SPELL })
    .describe("What the one sends does not arrive at the other"),
  reject: z
    .strictObject({ reject: z.strictObject({ from: nodes, to: nodes }), ...SPELL })
    .describe("What the one sends to the other is refused, as by a filter: port unreachable"),
  delay: z
    .strictObject({
      delay: z.union(
        [duration, z.strictObject({ ...LINKS, by: duration, jitter: duration.optional() })],
        { error: allLinks("a duration, or a map such as { node: c, by: 200ms, jitter: 20ms }") },
      ),
      ...SPELL,
    })
    .describe("Datagrams travel so much longer, in each direction"),
  loss: z
    .strictObject({
      loss: z.union([share, z.strictObject({ ...LINKS, rate: share })], {
        error: allLinks("a share such as 30%, or a map such as { from: b, to: a, rate: 30% }"),
      }),
      ...SPELL,
    })
    .describe("This share of the datagrams is lost"),
  duplicate: z
    .strictObject({
      duplicate: z.union([share, z.strictObject({ ...LINKS, rate: share })], {
        error: allLinks("a share such as 10%, or a map such as { node: b, rate: 10% }"),
      }),
      ...SPELL,
    })
    .describe("This share of the datagrams arrives twice"),
  reorder: z
    .strictObject({
      reorder: z.union(
        [share, z.strictObject({ ...LINKS, rate: share, by: duration.optional() })],
        {
          error: allLinks("a share such as 10%, or a map such as { node: b, rate: 10%, by: 50ms }"),
        },
      ),
      ...SPELL,
    })
    .describe("This share is held back while later ones pass"),
  heal: z
    .strictObject({
      heal: oneOrMore("must be all, a verb such as partition, or a list of verbs"),
    })
    .describe("Ends faults of links: all of them, or those of these verbs"),
  stall: z
    .strictObject({ stall: nodes, for: duration, during: steps.optional() })
    .describe("Blocks the event loop of daemons"),
  await: z
    .strictObject({ await: condition, ...PATIENCE, within: duration })
    .describe("Waits until it is so"),
  expect: z
    .strictObject({ expect: condition, ...PATIENCE })
    .describe("The same, but the run goes on when it failed; without within it must be so now"),
  always: z.strictObject({ always: condition }).describe("From here to the end of the block"),
  never: z.strictObject({ never: condition }).describe("From here to the end of the block"),
  repeat: z.strictObject({ repeat: wholeNumber(1, 1000), steps }).describe("Several rounds"),
  section: z
    .strictObject({ section: line, steps })
    .describe("A part with a name; what is always or never ends with it"),
  wait: z.strictObject({ wait: duration }).describe("Lets time pass"),
  mark: z.strictObject({ mark: line }).describe("A line in the report, and a name for `since`"),
  log: z.strictObject({ log: line }).describe("A line for whoever watches"),
  check: z
    .strictObject({ check, title: line.optional(), ...PATIENCE })
    .describe("A function of a program: undefined when it is so, else what is wrong"),
} as const;

export type Verb = keyof typeof STEP_SCHEMAS;

export const VERBS = Object.keys(STEP_SCHEMAS) as readonly Verb[];
