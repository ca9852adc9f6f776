import { numberedNodes } from "../../../cluster/cluster.ts";
import { checkNodeConfig, PROFILES } from "../../../core/config.ts";
import { parseCondition } from "../../conditions/parse-condition.ts";
import { parseSteps, type StepsContext } from "../../steps/parse-steps.ts";
import type { Expectation, Scenario, ScenarioConfig } from "../scenario.ts";
import type { ClaimsSource, ScenarioSource } from "../scenario-source.ts";
import { durationMs } from "../schemas/scalars.ts";
import { SCENARIO_SCHEMA } from "../schemas/scenario-schema.ts";
import { schemaOf } from "../schemas/schema-of.ts";
import { type Issues, idOf, type Locate, type Path } from "./issues.ts";
import { Names } from "./names.ts";
import { parseConsumers, parseServices } from "./parse-consumers.ts";
import {
  parseConsumerClaims,
  parseConsumerThresholds,
  parseThresholds,
} from "./parse-thresholds.ts";

const SCHEMA = schemaOf<ScenarioSource>()(SCENARIO_SCHEMA);
const RNG_SEED_DEFAULT = 1;
const LIMIT_MS_DEFAULT = 600_000;

const WORLDS = ["sim", "real"] as const;

/** What a scenario says, as far as its words can be understood. What they amount to is checked apart. */
export function parseScenarioSource(source: unknown, issues: Issues): Scenario | undefined {
  const written = issues.read(SCHEMA, source, []);
  if (written === undefined) {
    // Faults of single steps are worth knowing although the frame is wrong.
    parseStepsOf(source, issues);
    return undefined;
  }
  const names = new Names(namesOf(written, issues), issues);
  for (const [name, members] of Object.entries(written.groups ?? {})) {
    names.addGroup(name, members, ["groups", name]);
  }
  const config = parseConfig(written, issues);
  const { probeIntervalMs } = { ...PROFILES[config.profile], ...config.settings };
  const services = parseServices(written.services ?? {}, { names, issues });
  const consuming = { names, issues, services, probeIntervalMs };
  const consumers = parseConsumers(written.consumers ?? {}, consuming);
  // One that is described wrongly was told; whoever names it is not wrong as well.
  const isWhole = consumers.length === Object.keys(written.consumers ?? {}).length;
  const known = isWhole ? new Map(consumers.map((each) => [each.name, each])) : null;
  const context = { names, issues, consumers: known };
  return {
    name: written.name,
    about: written.about?.trim() ?? null,
    rngSeed: written.rngSeed ?? RNG_SEED_DEFAULT,
    nodes: names.nodes,
    config,
    services,
    consumers,
    limitMs: written.limit === undefined ? LIMIT_MS_DEFAULT : durationMs(written.limit),
    steps: parseSteps(written.steps, ["steps"], context),
    ...parseClaims(written, context),
    reports: written.report ?? ["terminal"],
  };
}

/** What stands for nodes without being one. */
const RESERVED: ReadonlySet<string> = new Set(["all", "anyone", "same_side"]);

/** Issues without a file: places are told by their ids. */
export const NOWHERE: Locate = () => undefined;

function parseStepsOf(source: unknown, issues: Issues): void {
  const { nodes, steps } = (source ?? {}) as { readonly nodes?: unknown; readonly steps?: unknown };
  if (!Array.isArray(steps) || !(Array.isArray(nodes) || typeof nodes === "number")) return;
  const names = new Names(Array.isArray(nodes) ? nodes.map(String) : numberedNodes(nodes), issues);
  parseSteps(steps, ["steps"], { names, issues, consumers: null });
}

function namesOf({ nodes }: ScenarioSource, issues: Issues): readonly string[] {
  if (typeof nodes === "number") return numberedNodes(nodes);
  for (const [at, name] of nodes.entries()) {
    if (nodes.indexOf(name) !== at) issues.add(["nodes", at], `two nodes are called ${name}`);
    if (RESERVED.has(name)) {
      issues.add(["nodes", at], `${name} is a word of the language; choose another name`);
    }
  }
  return [...new Set(nodes)];
}

function parseConfig({ config = {} }: ScenarioSource, issues: Issues): ScenarioConfig {
  const { profile = "lan", ...written } = config;
  const settings = Object.fromEntries(
    Object.entries(written).filter(([, value]) => value !== undefined),
  );
  const complaint = checkNodeConfig({ ...PROFILES[profile], ...settings });
  if (complaint !== undefined) issues.add(["config"], complaint);
  return { profile, settings };
}

/** Those of every world, then those of one alone. */
function parseClaims(
  written: ScenarioSource,
  context: StepsContext,
): Pick<Scenario, "always" | "thresholds"> {
  const standing = (claims: Pick<ClaimsSource, "always"> | undefined, path: Path) =>
    (claims?.always ?? []).flatMap(
      (each, at) => parseStanding(each, [...path, "always", at], context) ?? [],
    );
  const thresholds = (claims: Pick<ClaimsSource, "thresholds"> | undefined, path: Path) =>
    parseThresholds(claims?.thresholds ?? {}, path, context.issues);
  const inOne = WORLDS.flatMap((only) => {
    const always = standing(written[only], [only]).map((each) => ({ ...each, only }));
    const ofConsumers = written[only]?.consumers ?? {};
    const limits = [
      ...thresholds(written[only], [only]),
      ...parseConsumerClaims(ofConsumers, [only], written.consumers ?? {}, context.issues),
    ].map((each) => ({ ...each, only }));
    return [{ always, limits }];
  });
  return {
    always: [...standing(written, []), ...inOne.flatMap(({ always }) => always)],
    thresholds: [
      ...thresholds(written, []),
      ...parseConsumerThresholds(written.consumers ?? {}, context.issues),
      ...inOne.flatMap(({ limits }) => limits),
    ],
  };
}

function parseStanding(
  source: unknown,
  base: Path,
  context: StepsContext,
): Expectation | undefined {
  const isNever = typeof source === "object" && source !== null && "never" in source;
  const verb = isNever ? "never" : "always";
  const path = isNever ? [...base, "never"] : base;
  const others = isNever ? Object.keys(source).filter((key) => key !== "never") : [];
  for (const key of others)
    context.issues.add([...base, key], `never takes one condition; remove ${key}`, "key");
  const read = parseCondition(isNever ? source.never : source, { ...context, path });
  if (read === undefined) return undefined;
  const { line = null, column = null } = context.issues.locate(base) ?? {};
  return { id: idOf(base), line, column, verb, ...read, withinMs: null, holdMs: 0 };
}
