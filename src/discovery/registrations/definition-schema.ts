import { z } from "zod";
import { SERVICE_WEIGHT_DEFAULT } from "../../core/member.ts";
import { checkSchema, checkSpec } from "../checks/check-schema.ts";
import type { ServiceDefinition } from "./service-definition.ts";

// One label of a domain name (RFC 1035, 2.3.4), `_` allowed inside: what DNS cannot carry would be found over HTTP alone.
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;
const LABEL_RULE =
  "must be 1 to 63 of A-Z a-z 0-9 _ - with a letter or digit at both ends, so that DNS can carry it";
const META_RULE = "must be a text, a number, true or false";

const label = z.string(LABEL_RULE).regex(LABEL, LABEL_RULE);
const port = whole(1, 65_535);
const metaValue = z.union(
  [z.string(), z.number().transform(String), z.boolean().transform(String)],
  META_RULE,
);

const body = {
  port,
  weight: whole(1, 256).default(SERVICE_WEIGHT_DEFAULT),
  tags: z.array(label, "must be a list of words").max(32, "must be at most 32").default([]),
  meta: z.record(z.string(), metaValue, "must be an object of key: value").default({}),
  checks: z.array(checkSchema, "must be a list of checks").max(8, "must be at most 8").default([]),
};

/** What `PUT /v1/services/:name` takes, and a file's entry beside its name. */
const bodySchema = z.strictObject(body, fieldsRule('must be an object such as {"port": 8080}'));

/** A definition from an object with its name, or from `name:port` as on a command line. */
export const definitionSchema: z.ZodType<ServiceDefinition> = z
  .preprocess(
    fromPair,
    z.strictObject(
      { name: label, ...body },
      fieldsRule("must be name:port, or an object with name and port"),
    ),
  )
  .transform(withChecks);

/**
 * The definition of the service `name` in the body of a request.
 *
 * @returns what is wrong with it, as one clause, in place of the definition
 */
export function readDefinition(name: string, raw: unknown): ServiceDefinition | string {
  if (!LABEL.test(name)) return `${JSON.stringify(name)} ${LABEL_RULE}`;
  const result = bodySchema.safeParse(raw);
  if (result.success) return withChecks({ name, ...result.data });
  const issue = result.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  const value = issue?.path.reduce(valueAt, raw);
  const shown = value === undefined ? "nothing" : (JSON.stringify(value) ?? String(value));
  const where = path === "" ? "the body" : `${path}: ${shown.slice(0, 80)}`;
  return `${where} ${issue?.message ?? "is not allowed"}`;
}

function withChecks<T extends Pick<z.output<typeof bodySchema>, "port" | "checks">>(raw: T) {
  return { ...raw, checks: raw.checks.map((check) => checkSpec(check, raw.port)) };
}

function fromPair(raw: unknown): unknown {
  if (typeof raw !== "string" || !raw.includes(":")) return raw;
  const at = raw.lastIndexOf(":");
  return { name: raw.slice(0, at), port: raw.slice(at + 1) };
}

function whole(min: number, max: number) {
  const rule = `must be a whole number from ${min} to ${max}`;
  const fromText = (raw: unknown) =>
    typeof raw === "string" && raw.trim() !== "" ? Number(raw) : raw;
  return z.preprocess(fromText, z.int(rule).min(min, rule).max(max, rule));
}

function fieldsRule(rule: string) {
  const error = (issue: { readonly code: string; readonly keys?: readonly string[] }) =>
    issue.code === "unrecognized_keys"
      ? `has ${issue.keys?.join(", ")}, but may have only name, ${Object.keys(body).join(", ")}`
      : rule;
  return { error };
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}
