import { z } from "zod";
import { type NodeConfig, PROFILES } from "../../../core/config.ts";
import { SETTING_SCHEMAS } from "../../../daemon/settings/schemas.ts";
import type { ConditionSource } from "../../conditions/registry.ts";
import type { StepSource } from "../../steps/registry.ts";
import { CONSUMER_CLAIMS_SCHEMA, CONSUMERS_SCHEMA, SERVICES_SCHEMA } from "./consumer-schemas.ts";
import { duration, limitText, line, name, nodes, wholeNumber } from "./scalars.ts";

/** Most processes of one scenario. The machine bears fewer real ones; see docs/scenarios.md. */
const NODES_MAX = 1000;
const RNG_SEED_MAX = 0xffff_ffff;

/** The words under `report`. */
export const REPORT_KINDS = ["terminal", "svg", "html", "junit", "json"] as const;

/** What a threshold can be about. */
export const FIGURES = [
  ...spreadOf("detect"),
  ...spreadOf("back"),
  ...spreadOf("heal"),
  ...spreadOf("bytes_per_node_s"),
  ...spreadOf("datagrams_per_node_s"),
  "false_deaths",
  "suspicions",
] as const;

type SettingName = Exclude<keyof NodeConfig, "profile">;

/** Protocol parameters, checked as the daemon checks them. */
const SETTING_NAMES = Object.keys(PROFILES.lan).filter(
  (key): key is SettingName => key !== "profile",
);
const settings = Object.fromEntries(
  SETTING_NAMES.map((key) => [key, setting(key).optional()]),
) as Record<SettingName, z.ZodOptional<ReturnType<typeof setting>>>;

const profile = z.enum(["local", "lan", "wan"], { error: "must be local, lan or wan" });

const config = z.strictObject({ profile: profile.optional(), ...settings });

const standing = z
  .custom<ConditionSource | { readonly never: ConditionSource }>(
    (value) => typeof value === "string" || (typeof value === "object" && value !== null),
    { error: "must be a condition, or { never: … } of one" },
  )
  .meta({ isStanding: true });

/** What must hold from begin to end, and at the end. */
const CLAIMS = {
  always: z.array(standing, { error: "must be a list" }).optional(),
  thresholds: z
    .partialRecord(z.enum(FIGURES), limitText, {
      error: 'must be a map such as { detect.p95: "< 4s" }',
    })
    .meta({ shared: "thresholds" })
    .optional(),
};

const nodesError = `must be a number from 1 to ${NODES_MAX}, or a list of that many names`;
const nameList = z.array(name).min(1, { error: nodesError }).max(NODES_MAX, { error: nodesError });

/** The same in one world alone. Consumers are named at the top. */
const CLAIMS_OF_ONE_WORLD = z
  .strictObject({ ...CLAIMS, consumers: CONSUMER_CLAIMS_SCHEMA.optional() })
  .meta({ shared: "claims" });

/**
 * The whole of a scenario; its steps and conditions are read one by one. Its type stands in `../scenario-source.ts`: the
 * published types must not need zod.
 */
export const SCENARIO_SCHEMA = z.strictObject({
  name: line,
  about: z.string().describe("What the scenario teaches").optional(),
  rngSeed: wholeNumber(0, RNG_SEED_MAX).optional(),
  nodes: z
    .union([wholeNumber(1, NODES_MAX), nameList], { error: nodesError })
    .describe("How many (n1, n2, …), or their names"),
  groups: z
    .record(name, nodes, {
      error: "must be a map of names to nodes, such as { left: [a, b] }",
    })
    .optional(),
  config: config.describe("Profile and protocol parameters of every daemon").optional(),
  services: SERVICES_SCHEMA.describe("What nodes offer, by its name").optional(),
  consumers: CONSUMERS_SCHEMA.describe("Who uses members, by name").optional(),
  limit: duration.describe("The run fails when it takes longer [10m]").optional(),
  steps: z
    .custom<readonly StepSource[]>((value) => Array.isArray(value) && value.length > 0, {
      error: "must be a list of at least one step",
    })
    .meta({ isSteps: true }),
  ...CLAIMS,
  sim: CLAIMS_OF_ONE_WORLD.describe("Further claims, judged in virtual time only").optional(),
  real: CLAIMS_OF_ONE_WORLD.describe("Further claims, judged on real daemons only").optional(),
  report: z
    .array(z.enum(REPORT_KINDS), { error: `must be a list of ${REPORT_KINDS.join(", ")}` })
    .optional(),
});

function spreadOf<F extends string>(figure: F) {
  return [
    `${figure}.count`,
    `${figure}.avg`,
    `${figure}.p50`,
    `${figure}.p95`,
    `${figure}.max`,
  ] as const;
}

function setting(key: SettingName) {
  const schema = SETTING_SCHEMAS[key];
  const allowed = schema.description ?? "something else";
  return z
    .union([z.number(), z.boolean()], { error: `must be ${allowed}` })
    .refine((value) => schema.safeParse(value).success, { error: `must be ${allowed}` })
    .describe(allowed);
}
