import { serviceRecords } from "../../../cluster/service-records.ts";
import type { Millis } from "../../../core/member.ts";
import { WATCH_ALL_MAX } from "../../../core/observing/observers.ts";
import { readDefinition } from "../../../discovery/registrations/definition-schema.ts";
import { advertisedComplaint } from "../../../wire/record/advertised.ts";
import { offersOf } from "../../consumers/offered.ts";
import type { NodesSource } from "../scalar-sources.ts";
import type { Consumer, Deciding, ScenarioService } from "../scenario.ts";
import type { ConsumerSource, ConsumersSource, ServicesSource } from "../scenario-source.ts";
import { durationMs, shareOf } from "../schemas/scalars.ts";
import { type Issues, idOf, type Path, suggest } from "./issues.ts";
import { type Names, showNames } from "./names.ts";

const PORT_DEFAULT = 8080;

interface ParseContext {
  readonly names: Names;
  readonly issues: Issues;
}

/** The services of a scenario, checked as a daemon checks what it registers. */
export function parseServices(source: ServicesSource, context: ParseContext): ScenarioService[] {
  const { names, issues } = context;
  const known = new Map<string, string>();
  const services = Object.entries(source).map(([name, { nodes, port = PORT_DEFAULT, panic }]) => {
    const path = ["services", name];
    const definition = readDefinition(name, { port });
    if (typeof definition === "string") issues.add(path, definition, "key");
    const same = known.get(name.toLowerCase());
    if (same !== undefined) {
      issues.add(
        path,
        `${same} and ${name} are the same service: names of services ignore case`,
        "key",
      );
    }
    known.set(name.toLowerCase(), name);
    return {
      name,
      nodes: names.expand(nodes, [...path, "nodes"]),
      port,
      panicShare: panic === undefined ? null : shareOf(panic),
    };
  });
  checkRecords(services, context);
  return services;
}

/** All that a node offers rides in its record; the same complaint once. */
function checkRecords(services: readonly ScenarioService[], { names, issues }: ParseContext): void {
  for (const node of names.nodes) {
    const complaint = advertisedComplaint({}, serviceRecords(offersOf(node, services)));
    if (complaint === undefined) continue;
    issues.add(["services"], `${node} offers too much: ${complaint}`, "key");
    return;
  }
}

/** What consumers are parsed with: nodes and services must be known. */
export interface ConsumerContext extends ParseContext {
  readonly services: readonly ScenarioService[];
  /** Of the scenario: no node hears of another more often than this. */
  readonly probeIntervalMs: Millis;
}

/** The consumers of a scenario; those that cannot be are noted and left out. */
export function parseConsumers(source: ConsumersSource, context: ConsumerContext): Consumer[] {
  return Object.entries(source).flatMap(([name, written]) => {
    const path = ["consumers", name];
    const { line = null, column = null } = context.issues.locate(path) ?? {};
    const at = context.names.one(written.at, [...path, "at"]);
    const read = parseDeciding(written, at, path, context);
    if (read === undefined) return [];
    const label = `at ${at}, ${read.label}`;
    return [{ id: idOf(path), line, column, name, at, ...read, label }];
  });
}

type Choice = Pick<Consumer, "members" | "decides" | "label">;

function parseDeciding(
  written: ConsumerSource,
  at: string,
  path: Path,
  context: ConsumerContext,
): Choice | undefined {
  const { issues } = context;
  const { uses, watches } = written;
  if (uses !== undefined && watches !== undefined) {
    issues.add([...path, "watches"], "uses and watches exclude each other; keep one", "key");
    return undefined;
  }
  if (uses !== undefined) return parseUsing(uses, written, path, context);
  if (watches !== undefined) return parseWatching(watches, written, { at, path, context });
  const message = `${path.at(-1)} needs uses: a service, or watches: nodes with max_phi, timeout or answer_timeout`;
  issues.add(path, message, "key");
  return undefined;
}

function parseUsing(
  uses: string,
  written: ConsumerSource,
  path: Path,
  { services, issues }: ConsumerContext,
): Choice | undefined {
  const { max_phi: maxPhi } = written;
  for (const key of ["timeout", "answer_timeout"] as const) {
    if (written[key] === undefined) continue;
    const message = `uses takes max_phi, not ${key}; watches takes either`;
    issues.add([...path, key], message, "key");
  }
  const service = services.find(({ name }) => name.toLowerCase() === uses.toLowerCase());
  if (service === undefined) {
    const known = services.map(({ name }) => name);
    const remedy =
      known.length === 0 ? "; say under services which nodes offer it" : suggest(uses, known);
    issues.add([...path, "uses"], `there is no service ${JSON.stringify(uses)}${remedy}`);
    return undefined;
  }
  const told = maxPhi === undefined ? "" : ` at maxPhi ${maxPhi}`;
  return {
    members: service.nodes,
    decides: { by: "discovery", service: service.name, maxPhi: maxPhi ?? null },
    label: `uses ${service.name}${told}`,
  };
}

function parseWatching(
  watches: NodesSource,
  written: ConsumerSource,
  {
    at,
    path,
    context,
  }: { readonly at: string; readonly path: Path; readonly context: ConsumerContext },
): Choice | undefined {
  const { names, issues } = context;
  const members = names.expand(watches, [...path, "watches"]);
  if (members.includes(at)) issues.add([...path, "watches"], `${at} cannot watch itself`);
  if (names.nodes.length > WATCH_ALL_MAX) {
    const message = `with ${names.nodes.length} nodes not every node pings every other: watches works with at most ${WATCH_ALL_MAX} nodes, uses with any number`;
    issues.add([...path, "watches"], message, "key");
  }
  const decides = parseLimit(written, path, context);
  if (decides === undefined) return undefined;
  const limit = {
    phi: `maxPhi ${written.max_phi}`,
    timeout: `a timeout of ${written.timeout}`,
    "answer-timeout": `a timeout of ${written.answer_timeout} for answers`,
  }[decides.by];
  return { members, decides, label: `watches ${showNames(members)} with ${limit}` };
}

function parseLimit(
  { max_phi: maxPhi, timeout, answer_timeout: answerTimeout }: ConsumerSource,
  path: Path,
  { issues, probeIntervalMs }: ConsumerContext,
): Exclude<Deciding, { by: "discovery" }> | undefined {
  const limits = Object.entries({ max_phi: maxPhi, timeout, answer_timeout: answerTimeout });
  const [first, second] = limits.flatMap(([key, value]) => (value === undefined ? [] : [key]));
  if (first !== undefined && second !== undefined) {
    issues.add([...path, second], `${first} and ${second} exclude each other; keep one`, "key");
    return undefined;
  }
  if (maxPhi !== undefined) return { by: "phi", maxPhi };
  if (answerTimeout !== undefined) {
    return { by: "answer-timeout", timeoutMs: durationMs(answerTimeout) };
  }
  if (timeout === undefined) {
    const message = `${path.at(-1)} needs max_phi, timeout or answer_timeout: when is a member out?`;
    issues.add(path, message, "key");
    return undefined;
  }
  const timeoutMs = durationMs(timeout);
  if (timeoutMs <= probeIntervalMs) {
    const message = `timeout: ${timeout} must be longer than probeIntervalMs (${probeIntervalMs}): no node is heard more often`;
    issues.add([...path, "timeout"], message);
  }
  return { by: "timeout", timeoutMs };
}
