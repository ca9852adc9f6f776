import type { z } from "zod";
import type { MemberState } from "../../../core/member.ts";
import type { ConditionSources, NodesSource } from "../condition-source.ts";
import type { Condition, Consumer, EventPattern, SeenState } from "../scenario.ts";
import {
  CONDITION_KEYS,
  CONDITION_SCHEMAS,
  CONDITION_WORDS,
  type ConditionKey,
} from "../schemas/condition-schemas.ts";
import { EVENT_KINDS, eventFields } from "../schemas/event-fields.ts";
import { bytesPerSecond } from "../schemas/scalars.ts";
import { type Issues, type Path, showValue, suggest } from "./issues.ts";
import type { Names } from "./names.ts";
import { show } from "./parse-links.ts";

export interface ReadCondition {
  readonly condition: Condition;
  readonly viewers: readonly string[] | null;
  readonly label: string;
}

interface Reading {
  readonly names: Names;
  readonly issues: Issues;
  readonly consumers: ReadonlyMap<string, Consumer> | null;
  /** Of the condition. */
  readonly path: Path;
}

type SourceOf<K extends ConditionKey> = ConditionSources[K];
type Read = Pick<ReadCondition, "condition" | "label"> & { readonly viewers?: readonly string[] };

/** A condition from what was written; undefined when that is none, which is then noted. */
export function readCondition(source: unknown, reading: Reading): ReadCondition | undefined {
  const { issues, path } = reading;
  const words: readonly string[] = CONDITION_WORDS;
  if (typeof source === "string" && words.includes(source)) {
    return { condition: { kind: "converged" }, viewers: null, label: "converged" };
  }
  const keys = typeof source === "object" && source !== null ? Object.keys(source) : [];
  const kinds = CONDITION_KEYS.filter((key) => keys.includes(key));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    issues.add(path, complaint(source, keys, kinds));
    return undefined;
  }
  const shape: z.ZodType = CONDITION_SCHEMAS[kind];
  const shaped = issues.read(shape, source, path);
  if (shaped === undefined) return undefined;
  const readKind = READERS[kind] as (source: unknown, reading: Reading) => Read;
  const read = readKind(shaped, reading);
  const { viewers: written } = shaped as { readonly viewers?: NodesSource };
  const viewers =
    written === undefined
      ? (read.viewers ?? null)
      : reading.names.expand(written, [...path, "viewers"]);
  const isTold = written !== undefined && viewers !== null;
  const label = isTold ? `${show(viewers)} see ${read.label}` : read.label;
  return { condition: read.condition, viewers, label };
}

const READERS: { readonly [K in ConditionKey]: (source: SourceOf<K>, reading: Reading) => Read } = {
  converged: ({ converged }, reading) => {
    const viewers = expand(converged, "converged", reading);
    return { condition: { kind: "converged" }, viewers, label: `${show(viewers)} converged` };
  },
  see: ({ see }, reading) => {
    const states = Object.entries(see).flatMap(([who, written]) => {
      const oneOf: readonly SeenState[] = typeof written === "string" ? [written] : written;
      const members = reading.names.expand(who, [...reading.path, "see", who]);
      return members.map((member) => ({ member, oneOf }));
    });
    const told = Object.entries(see).map(
      ([who, written]) => `${who} ${[written].flat().join(" or ")}`,
    );
    return { condition: { kind: "see", states }, label: told.join(", ") };
  },
  count: ({ count }, { names, issues, path }) => {
    const sum = Object.values(count).reduce((total, number) => total + number, 0);
    if (sum > names.nodes.length) {
      const message = `count: ${sum} members cannot be; there are ${names.nodes.length} nodes`;
      issues.add([...path, "count"], message);
    }
    const told = Object.entries(count).map(([state, number]) => `${number} ${state}`);
    return { condition: { kind: "count", counts: count }, label: told.join(", ") };
  },
  detected: ({ detected }, reading) => {
    const members = expand(detected, "detected", reading);
    return { condition: { kind: "detected", members }, label: `${show(members)} detected` };
  },
  back: ({ back }, reading) => {
    const members = expand(back, "back", reading);
    return { condition: { kind: "back", members }, label: `${show(members)} back` };
  },
  isolated: ({ isolated }, reading) => {
    const nodes = expand(isolated, "isolated", reading);
    const condition = { kind: "isolated", nodes, isolated: true } as const;
    return { condition, label: `${show(nodes)} isolated` };
  },
  not_isolated: ({ not_isolated }, reading) => {
    const nodes = expand(not_isolated, "not_isolated", reading);
    const condition = { kind: "isolated", nodes, isolated: false } as const;
    return { condition, label: `${show(nodes)} not isolated` };
  },
  events: ({ events, since = null }, reading) => {
    const inOrder = events.map((pattern, at) =>
      readPattern(pattern, [...reading.path, "events", at], reading),
    );
    return {
      condition: { kind: "events", inOrder, since },
      label: `events ${inOrder.map(showPattern).join(", then ")}`,
    };
  },
  incarnation_rises: ({ incarnation_rises, since = null }, reading) => {
    const members = expand(incarnation_rises, "incarnation_rises", reading);
    const condition = { kind: "incarnation-rises", members, since } as const;
    return { condition, label: `incarnation of ${show(members)} rises` };
  },
  traffic_below: ({ traffic_below }) => ({
    condition: { kind: "traffic-below", bytesPerSecond: bytesPerSecond(traffic_below) },
    label: `traffic below ${traffic_below} a node`,
  }),
  ended: ({ ended, exit_code: exitCode = null }, reading) => {
    const node = reading.names.one(ended, [...reading.path, "ended"]);
    const told = exitCode === null ? "" : ` with exit code ${exitCode}`;
    return { condition: { kind: "ended", node, exitCode }, label: `${node} ended${told}` };
  },
  pool_of: (source, reading) => readPool(source, reading),
  alive: (source, reading) => readSeen("alive", source.alive, source.seen_by, reading),
  suspect: (source, reading) => readSeen("suspect", source.suspect, source.seen_by, reading),
  dead: (source, reading) => readSeen("dead", source.dead, source.seen_by, reading),
  left: (source, reading) => readSeen("left", source.left, source.seen_by, reading),
};

function readSeen(
  state: Exclude<MemberState, "forgotten">,
  who: NodesSource,
  by: NodesSource | undefined,
  reading: Reading,
): Read {
  const members = who === "anyone" ? null : expand(who, state, reading);
  const seenBy =
    by === undefined || by === "anyone"
      ? "anyone"
      : by === "same_side"
        ? "same_side"
        : expand(by, "seen_by", reading);
  if (seenBy === "same_side" && state !== "dead") {
    const message = `same_side goes with dead; ${state} needs anyone, or nodes`;
    reading.issues.add([...reading.path, "seen_by"], message);
  }
  const told = members === null ? "anyone that runs" : show(members);
  const viewers = typeof seenBy === "string" ? seenBy.replace("_", " ") : show(seenBy);
  return {
    condition: { kind: "seen", state, members, seenBy },
    label: `${told} ${state}, seen by ${viewers}`,
  };
}

function readPool(source: SourceOf<"pool_of">, reading: Reading): Read {
  const { issues, path, consumers } = reading;
  const { pool_of: name, size = null, panic = null } = source;
  const consumer = consumers?.get(name);
  if (consumers !== null && consumer === undefined) {
    const remedy =
      consumers.size === 0 ? "; describe it under consumers" : suggest(name, [...consumers.keys()]);
    issues.add([...path, "pool_of"], `there is no consumer ${showValue(name)}${remedy}`);
  }
  const known = consumer?.members ?? reading.names.nodes;
  const membersAt = (key: "in" | "out") => {
    const members = source[key] === undefined ? [] : expand(source[key], key, reading);
    const stranger = members.find((member) => !known.includes(member));
    if (stranger !== undefined) {
      issues.add([...path, key], `${name} never uses ${stranger}${suggest(stranger, known)}`);
    }
    return members;
  };
  const [inside, outside] = [membersAt("in"), membersAt("out")];
  if (size !== null && size > known.length) {
    issues.add([...path, "size"], `size: ${size} cannot be; ${name} may use ${known.length}`);
  }
  if (panic !== null && consumer !== undefined && consumer.decides.by !== "discovery") {
    issues.add(
      [...path, "panic"],
      `${name} does not use discovery, which alone has a panic`,
      "key",
    );
  }
  const told = [
    ...(size === null ? [] : [`uses ${size}`]),
    ...(inside.length === 0 ? [] : [`with ${show(inside)}`]),
    ...(outside.length === 0 ? [] : [`without ${show(outside)}`]),
    ...(panic === null ? [] : [panic ? "in panic" : "not in panic"]),
  ];
  if (told.length === 0) issues.add(path, "pool_of needs one of size, in, out, panic");
  return {
    condition: {
      kind: "pool",
      consumer: name,
      at: consumer?.at ?? "",
      size,
      inside,
      outside,
      panic,
    },
    label: `${name} ${told.join(", ")}`,
  };
}

function readPattern(
  { event, node = null, ...fields }: Record<string, string | number | boolean | null>,
  path: Path,
  { names, issues }: Reading,
): EventPattern {
  const kind = String(event);
  const known = eventFields(kind);
  if (known === undefined) {
    const message = `there is no event ${showValue(event)}${suggest(kind, EVENT_KINDS)}`;
    issues.add([...path, "event"], message);
  }
  for (const key of Object.keys(fields)) {
    if (known === undefined || known.includes(key)) continue;
    const remedy = suggest(key, [...known, "node"]);
    issues.add([...path, key], `${kind} has no field ${showValue(key)}${remedy}`, "key");
  }
  if (typeof node === "string") names.one(node, [...path, "node"]);
  if (typeof fields.member === "string") names.one(fields.member, [...path, "member"]);
  return { event: kind, node: node === null ? null : String(node), fields };
}

function showPattern({ node, event, fields }: EventPattern): string {
  const told = Object.entries(fields).map(([key, value]) => `${key} ${value}`);
  return [...(node === null ? [] : [`${node}:`]), event, ...told].join(" ");
}

function expand(who: NodesSource, key: string, { names, path }: Reading): readonly string[] {
  return names.expand(who, [...path, key]);
}

function complaint(source: unknown, keys: readonly string[], kinds: readonly string[]): string {
  if (kinds.length > 1) return `${kinds.join(" and ")}: one condition at a time`;
  if (typeof source === "string") {
    return `there is no condition ${showValue(source)}${suggest(source, [...CONDITION_WORDS, ...CONDITION_KEYS])}`;
  }
  const [key] = keys;
  if (key === undefined) return `${showValue(source)} is no condition`;
  return `there is no condition ${showValue(key)}${suggest(key, CONDITION_KEYS)}`;
}
