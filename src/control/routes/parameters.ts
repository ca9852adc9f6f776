import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import type { Millis } from "../../core/member.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const WAIT_MS_MAX = 300_000;
const SPAN_ALLOWED = "a time such as 30s, 500ms or 2m, at most 5m";

const index = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);
const span = z.string().transform((text, context): Millis => {
  const [, digits, unit = "s"] = /^(\d{1,9})(ms|s|m)?$/.exec(text) ?? [];
  const spanMs = Number(digits) * (UNIT_MS[unit] ?? 1);
  if (spanMs <= WAIT_MS_MAX) return spanMs;
  context.addIssue({ code: "custom", message: "no such time" });
  return z.NEVER;
});

const membersQuery = z.object({
  index: index.describe("the index of an event, a whole number").optional(),
  wait: span.describe(SPAN_ALLOWED).optional(),
  startId: z.string().max(64).optional(),
});
const eventsQuery = z.object({
  since: index.describe("the index of an event, a whole number").optional(),
  follow: z.enum(["true", "false"]).describe("true or false").optional(),
});
const viewsQuery = z.object({ wait: span.describe(SPAN_ALLOWED).optional() });
const serviceQuery = z.object({
  tag: name("a tag").optional(),
  maxPhi: z
    .string()
    .regex(/^\d{1,4}(\.\d{1,6})?$/)
    .transform(Number)
    .describe("a level of suspicion, such as 3 or 0.5")
    .optional(),
  near: z.literal("self").describe("self").optional(),
  index: index.describe("the index of an answer, a whole number").optional(),
  wait: span.describe(SPAN_ALLOWED).optional(),
});
// Members of another engine's pool are called by anything.
const memberParam = z.object({
  name: z.string().min(1).max(255).describe("a member's name: 1 to 255 characters"),
});
const keyId = z
  .string()
  .regex(/^[0-9a-f]{8}$/)
  .describe("the id of a key, 8 hex digits, as hearsay keys list shows it");
const keyParam = z.object({ id: keyId });
const installJson = z.object({ id: keyId.optional() });
const serviceParam = z.object({ name: name("a service's name") });
const targetsQuery = z.object({ service: name("a service's name").optional() });
const heartbeatJson = z.object({
  result: z.enum(["passed", "failed", "not-run"]).describe("passed, failed or not-run").optional(),
  output: z.string().max(4096).describe("a short text").optional(),
});
const joinJson = z.object({
  addresses: z
    .array(z.string().min(1).max(300))
    .min(1)
    .max(256)
    .describe('a list of 1 to 256 "host:port"; send {"addresses": ["10.0.0.5:7946"]}'),
});

const maintenanceJson = z.object({
  reason: z.string().describe("text"),
  service: name("a service's name").optional(),
});

const said = {
  name: z.string().describe("the name of an event or a query, such as deploy"),
  payload: z.string().describe("text").optional(),
};
const tellJson = z.object(said);
const askJson = z.object({
  ...said,
  timeoutMs: z.number().describe("a whole number of ms").optional(),
});

/** Query of `GET /v1/members`. */
export const readMembersQuery = (raw: unknown) => check(membersQuery, raw);
/** Query of `GET /v1/events`. */
export const readEventsQuery = (raw: unknown) => check(eventsQuery, raw);
/** Query of `GET /v1/views`. */
export const readViewsQuery = (raw: unknown) => check(viewsQuery, raw);
/** A member's name in a path. */
export const readMemberParam = (raw: unknown) => check(memberParam, raw);
/** A key's id in a path. */
export const readKeyParam = (raw: unknown) => check(keyParam, raw);
/** Body of `POST /v1/keys`. */
export const readInstallJson = (raw: unknown) => check(installJson, raw);
/** A service's name in a path. */
export const readServiceParam = (raw: unknown) => check(serviceParam, raw);
/** What a consumer asks for, and how long it is willing to wait for another answer than that of `index`. */
export function readServiceQuery(raw: unknown) {
  const { near, ...query } = check(serviceQuery, raw);
  return { ...query, nearSelf: near === "self" };
}
/** Query of `GET /v1/sd/prometheus`. */
export const readTargetsQuery = (raw: unknown) => check(targetsQuery, raw);
/** Body with which a service says how it is. */
export const readHeartbeat = (raw: unknown) => check(heartbeatJson, raw);
/** Body of `POST /v1/join`. */
export const readJoinJson = (raw: unknown) => check(joinJson, raw);
/** Body that takes services out of use. */
export const readMaintenanceJson = (raw: unknown) => check(maintenanceJson, raw);
/** Body of a user event. */
export const readTellJson = (raw: unknown) => check(tellJson, raw);
/** Body of a query to all members. */
export const readAskJson = (raw: unknown) => check(askJson, raw);

function name(what: string) {
  return z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .describe(`${what}: 1 to 64 characters of A-Z a-z 0-9 . _ -`);
}

/** @throws HTTPException 400 naming the parameter, its value and what is allowed */
function check<T extends z.ZodObject>(schema: T, raw: unknown): z.output<T> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const key = String(result.error.issues[0]?.path[0] ?? "");
  const value = typeof raw === "object" && raw !== null ? Reflect.get(raw, key) : undefined;
  const allowed = descriptionOf(schema.shape[key]) ?? "of another form";
  throw new HTTPException(400, {
    message: `${key}: ${JSON.stringify(value) ?? "nothing"} must be ${allowed}`,
  });
}

function descriptionOf(schema: unknown): string | undefined {
  if (schema instanceof z.ZodOptional) return descriptionOf(schema.unwrap());
  return schema instanceof z.ZodType ? schema.description : undefined;
}
