import { z } from "zod";
import { duration, limitText, name, nodes, share, wholeNumber } from "./scalars.ts";

const CONSUMER_NAME_MAX = 40;
const MAX_PHI = /^\d{1,4}(\.\d{1,6})?$/;
const LIMIT_OR_NAME = /^(<=?|>=?) ?\S.*$/;

/** Fits into a table on a terminal, and behind the comparison of a threshold. */
const CONSUMER_NAME = /^[^\s=\p{C}]([^\p{C}]*[^\s\p{C}])?$/u;

const consumerNameError = `must be 1 to ${CONSUMER_NAME_MAX} characters of one line that are not a value (4s) or a comparison (=x)`;
const consumerName = z
  .string({ error: consumerNameError })
  .min(1, { error: consumerNameError, abort: true })
  .max(CONSUMER_NAME_MAX, { error: consumerNameError, abort: true })
  // "< 4s" would be a value, whoever is meant.
  .refine((text) => CONSUMER_NAME.test(text) && !isLimit(`< ${text}`), {
    error: consumerNameError,
  });

const maxPhiError = "must be a level of suspicion from 0 to 9999, such as 8 or 0.5";
const maxPhi = z
  .number({ error: maxPhiError })
  .min(0, { error: maxPhiError, abort: true })
  .max(9999, { error: maxPhiError, abort: true })
  // As the API of a daemon takes it.
  .refine((value) => MAX_PHI.test(String(value)), { error: maxPhiError });

const relationError = 'must be a comparison such as "< 4s", or with another consumer: "< its name"';
const relation = z
  .string({ error: relationError })
  .regex(LIMIT_OR_NAME, { error: relationError })
  .describe('A comparison such as "< 4s", or with the same figure of another consumer');

/** Figures of a consumer that a threshold can be about. */
export const CONSUMER_FIGURES = ["crash_known", "false_alarms", "wrongly_out", "least"] as const;

/** The name of a consumer's figure among all figures of a run. */
export function consumerFigure(consumer: string, figure: string): string {
  return `${consumer}.${figure}`;
}

const thresholds = z
  .strictObject(
    {
      crash_known: relation.optional(),
      false_alarms: relation.optional(),
      wrongly_out: relation.optional(),
      least: relation.optional(),
    } satisfies Record<(typeof CONSUMER_FIGURES)[number], unknown>,
    { error: 'must be a map such as { false_alarms: "<= 0" }' },
  )
  .meta({ shared: "consumerThresholds" });

/** Further thresholds of consumers, by the name of each. */
export const CONSUMER_CLAIMS_SCHEMA = z.record(consumerName, thresholds, {
  error: 'must be a map of consumers, such as { lb: { false_alarms: "<= 0" } }',
});

const consumer = z
  .strictObject(
    {
      at: name.describe("The node that it asks"),
      uses: z
        .string({ error: "must be the name of a service" })
        .describe("A service: what discovery answers, with panic")
        .optional(),
      watches: nodes
        .describe("Nodes that it judges itself, by max_phi, timeout or answer_timeout")
        .optional(),
      max_phi: maxPhi.describe("Members above this level of suspicion are out").optional(),
      timeout: duration.describe("Members not heard for this long are out").optional(),
      answer_timeout: duration
        .describe("Members that leave a ping unanswered for longer are out")
        .optional(),
      thresholds: thresholds.optional(),
    },
    { error: "must be a map such as { at: a, uses: web }" },
  )
  .describe("Decides, from what one node knows, which members it uses");

/** The map under `consumers`. */
export const CONSUMERS_SCHEMA = z.record(consumerName, consumer, {
  error: "must be a map of names to consumers, such as { lb: { at: a, uses: web } }",
});

const service = z
  .strictObject(
    {
      nodes: nodes.describe("The nodes that register it, from their start"),
      port: wholeNumber(1, 65_535).optional(),
      panic: share
        .describe("Below this share of the known endpoints all come back [50%]; 0 never")
        .optional(),
    },
    { error: "must be a map such as { nodes: [b, c] }" },
  )
  .describe("A service as daemons offer it");

/** The map under `services`. */
export const SERVICES_SCHEMA = z.record(z.string(), service, {
  error: "must be a map of names to services, such as { web: { nodes: [b, c] } }",
});

/** Whether a `relation` names no consumer, but a value. */
export function isLimit(text: string): boolean {
  return limitText.safeParse(text).success;
}
