import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import type { FaultsRequest } from "../api-types.ts";

/** A rule for every pair of a large cluster would fit. */
export const FAULT_BODY_BYTES_MAX = 1024 * 1024;

const RULES_MAX = 4096;
const DELAY_MS_MAX = 60_000;
const TTL_MS_MAX = 3_600_000;
const STALL_MS_MAX = 60_000;

const NAME = "1 to 64 characters of A-Z a-z 0-9 . _ -";
const name = z.string(NAME).regex(/^[A-Za-z0-9._-]{1,64}$/, NAME);
const end = z.union([z.literal("*"), z.array(name).min(1).max(RULES_MAX)], {
  error: 'a list of member names, or "*" for everybody',
});
const probability = within(0, 1, "a probability from 0 to 1").optional();
const delay = within(0, DELAY_MS_MAX, `ms from 0 to ${DELAY_MS_MAX}`).optional();

const rule = z.strictObject({
  from: end,
  to: end,
  drop: probability,
  reject: z.boolean("true or false").optional(),
  delayMs: delay,
  jitterMs: delay,
  duplicate: probability,
  reorder: probability,
  reorderMs: delay,
});

const faultsJson = z.strictObject({
  rules: z.array(rule, "a list of rules").max(RULES_MAX, `at most ${RULES_MAX} rules`),
  ttlMs: within(1, TTL_MS_MAX, `ms from 1 to ${TTL_MS_MAX} (an hour)`).optional(),
  addresses: z.record(name, z.string().max(300), 'names with their "host:port"').optional(),
});

const stallJson = z.strictObject({ ms: within(1, STALL_MS_MAX, `ms from 1 to ${STALL_MS_MAX}`) });

/** Body of `PUT /v1/faults`, as `FaultsRequest` has it. */
export const readFaultsJson = (raw: unknown) => check(faultsJson, raw) as FaultsRequest;
/** Body of `POST /v1/faults/stall`. */
export const readStallJson = (raw: unknown) => check(stallJson, raw);

function within(min: number, max: number, allowed: string) {
  return z.number(allowed).min(min, allowed).max(max, allowed);
}

/** @throws HTTPException 400 naming the place, its value and what is allowed */
function check<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new HTTPException(400, {
    message: issue === undefined ? "unusable" : complaint(issue, raw),
  });
}

function complaint(issue: z.core.$ZodIssue, raw: unknown): string {
  const place = issue.path.map(step).join("").replace(/^\./, "") || "the body";
  if (issue.code === "unrecognized_keys") {
    return `${place}: there is no ${issue.keys.join(", ")}; remove or correct it`;
  }
  const value = issue.path.reduce<unknown>(valueAt, raw);
  const shown = (JSON.stringify(value) ?? "nothing").slice(0, 80);
  return `${place}: ${shown} must be ${issue.message}`;
}

function step(key: PropertyKey): string {
  return typeof key === "number" ? `[${key}]` : `.${String(key)}`;
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
