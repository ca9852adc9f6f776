import { z } from "zod";
import type { SeenEvent } from "../../cluster/observe/observed-state.ts";
import { EVENT_KINDS, eventFields } from "../../events/events.ts";
import { type Path, showValue, suggest } from "../language/parsing/issues.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { since } from "./condition-fields.ts";
import type { WithSince } from "./condition-source.ts";
import { type ConditionContext, type ConditionWord, needsMark } from "./condition-word.ts";
import { MET, unmet } from "./evaluation.ts";

/** These events happened in this order. */
export interface EventsSource extends WithSince {
  readonly events: readonly EventPatternSource[];
}

/** An event of a node's stream: its kind, and fields with the value that they must have. */
export interface EventPatternSource {
  readonly event: string;
  readonly [field: string]: string | number | boolean | null;
}

/** The nodes together reported these events, in this order. */
export interface EventsCondition {
  readonly kind: "events";
  readonly inOrder: readonly EventPattern[];
  /** Text of a mark; null: from the begin of the block. */
  readonly since: string | null;
}

/** An event of a node's stream, as far as it is given. */
export interface EventPattern {
  /** Who tells it; null: anybody. */
  readonly node: string | null;
  readonly event: string;
  /** Further fields with their values. */
  readonly fields: Readonly<Record<string, string | number | boolean | null>>;
}

const listError = "must be a list of at least one event";
const eventError = "must be an event such as member-changed";

const pattern = z
  .object(
    { event: z.string({ error: eventError }).meta({ enum: EVENT_KINDS }) },
    { error: "must be a map such as { node: a, event: member-changed, member: c, to: dead }" },
  )
  .catchall(
    z.union([z.string(), z.number(), z.boolean(), z.null()], { error: "must be a single value" }),
  );

/** `{ events: [{ node: a, event: member-changed, member: c, to: dead }], since: mark }`. */
export const events: ConditionWord<"events", EventsSource, EventsCondition> = {
  word: "events",
  kind: "events",
  standing: "neither",
  schema: schemaOf<EventsSource>()(
    z
      .strictObject({
        events: z.array(pattern, { error: listError }).min(1, { error: listError }),
        since,
      })
      .describe("These events happened in this order"),
  ),
  parse({ events: patterns, since: mark = null }, context) {
    const inOrder = patterns.map((each, at) =>
      parsePattern(each, [...context.path, "events", at], context),
    );
    const label = `events ${inOrder.map((each) => describe(each)).join(", then ")}`;
    return { condition: { kind: "events", inOrder, since: mark }, label };
  },
  check: (condition, place) => needsMark(condition.since, place),
  evaluate({ inOrder }, run, { sinceMs }) {
    let next = 0;
    for (const seen of run.events) {
      const wanted = inOrder[next];
      if (wanted === undefined) break;
      if (seen.atMs >= sinceMs && matches(seen, wanted)) next++;
    }
    const missing = inOrder[next];
    return missing === undefined ? MET : unmet(`no event ${describe(missing, "by ")}`);
  },
};

function parsePattern(
  { event, node = null, ...fields }: Record<string, string | number | boolean | null>,
  path: Path,
  { names, issues }: ConditionContext,
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

function describe({ node, event, fields }: EventPattern, by = ""): string {
  const told = Object.entries(fields).map(([key, value]) => `${key} ${value}`);
  return [...(node === null ? [] : [`${by}${node}:`]), event, ...told].join(" ");
}

function matches({ node, event }: SeenEvent, wanted: EventPattern): boolean {
  if (event.event !== wanted.event || (wanted.node !== null && wanted.node !== node)) return false;
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(wanted.fields).every(([key, value]) => fields[key] === value);
}
