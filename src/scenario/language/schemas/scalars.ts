import { z } from "zod";

/** Name of a member, as the daemon takes it. */
export const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const DURATION = /^\d+(\.\d+)?(ms|s|m|h)$/;
const PERCENT = /^(\d{1,2}(\.\d+)?|100(\.0+)?)%$/;
const RATE_S = /^\d+(\.\d+)? ?(B|KiB|MiB)\/s$/;
const LIMIT = /^(<=?|>=?) ?\d+(\.\d+)?(ms|s|m)?$/;

/**
 * The small things that schemas are made of. They only look: what is read stays as it was written,
 * so that the types of `defineScenario` are those of the YAML. Each error completes "<key> …".
 */
export const duration = z
  .string({ error: "must be a duration such as 500ms, 5s or 2m" })
  .regex(DURATION, { error: "must be a duration such as 500ms, 5s or 2m" })
  .describe("A duration such as 500ms, 5s or 2m");

const shareError = "must be a share such as 30% or 0.3, at most 100%";

/** A share of a whole: 0 to 1, or `0%` to `100%`. */
export const share = z
  .union(
    [
      z.number().min(0, { error: shareError }).max(1, { error: shareError }),
      z.string().regex(PERCENT, { error: shareError }),
    ],
    { error: shareError },
  )
  .meta({ shared: "share" })
  .describe("A share such as 30% or 0.3");

const nodesError = "must be all, a node, a group, or a list of them";

/** `all`, a node, a group, or a list of nodes and groups. */
export const nodes = oneOrMore(nodesError).describe("all, a node, a group, or a list of them");

/** A word, or a list of words; neither may be empty. The error completes "<key> …". */
export function oneOrMore(error: string) {
  const word = z.string({ error }).min(1, { error });
  return z.union([word, z.array(word).min(1, { error })], { error }).meta({ shared: "words" });
}

/** The name of a member, as a daemon takes it. */
export const name = z
  .string({ error: "must be a name: 1 to 64 characters of A-Z a-z 0-9 . _ -" })
  .regex(NAME, { error: "must be a name: 1 to 64 characters of A-Z a-z 0-9 . _ -" });

/** One to 200 characters of text. */
export const line = z
  .string({ error: "must be a line of text" })
  .min(1, { error: "must not be empty" })
  .max(200, { error: "must be at most 200 characters" });

/** Bytes a second, with a unit. */
export const trafficRate = z
  .string({ error: "must be a rate such as 8 KiB/s" })
  .regex(RATE_S, { error: "must be a rate such as 8 KiB/s" })
  .describe("Bytes a second that a node sends, such as 8 KiB/s");

/** A comparison with a number, or with a time. */
export const limitText = z
  .string({ error: 'must be a comparison such as "< 4s" or "<= 8192"' })
  .regex(LIMIT, { error: 'must be a comparison such as "< 4s" or "<= 8192"' })
  .describe('A comparison such as "< 4s" or "<= 8192"');

/** A whole number, both limits included. */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const UNIT_BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 * 1024 };

/** Milliseconds of a `duration`. */
export function durationMs(text: string): number {
  const number = Number.parseFloat(text);
  return number * (UNIT_MS[text.replace(/^[\d.]+/, "")] ?? 1);
}

/** From 0 to 1, of a `share`. */
export function shareOf(value: number | string): number {
  return typeof value === "number" ? value : Number.parseFloat(value) / 100;
}

/** Bytes a second of a `trafficRate`. */
export function bytesPerSecond(text: string): number {
  const unit = /(B|KiB|MiB)\/s$/.exec(text)?.[1] ?? "B";
  return Number.parseFloat(text) * (UNIT_BYTES[unit] ?? 1);
}
