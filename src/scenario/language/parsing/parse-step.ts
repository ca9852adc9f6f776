import { parseCondition } from "../../conditions/parse-condition.ts";
import type { NodesSource } from "../scalar-sources.ts";
import type {
  Consumer,
  LinkVerb,
  ProcessStep,
  SourceLocation,
  Step,
  TimedFault,
} from "../scenario.ts";
import { durationMs } from "../schemas/scalars.ts";
import type { Schema } from "../schemas/schema.ts";
import { STEP_SCHEMAS, VERBS, type Verb } from "../schemas/step-schemas.ts";
import type { StepSourceOf } from "../step-source.ts";
import { type Issues, idOf, type Path, showValue, suggest } from "./issues.ts";
import { type Names, showNames } from "./names.ts";
import { READ_LINKS } from "./parse-links.ts";

export interface StepReading {
  readonly names: Names;
  readonly issues: Issues;
  /** By name; null where they could not be read. */
  readonly consumers: ReadonlyMap<string, Consumer> | null;
}

interface Reading extends StepReading {
  readonly path: Path;
}

type Fields<S> = S extends Step ? Omit<S, Exclude<keyof SourceLocation, "label">> : never;

/** The steps of a list; those that are none are noted and left out. */
export function readSteps(list: readonly unknown[], path: Path, reading: StepReading): Step[] {
  return list.flatMap((source, at) => readStep(source, { ...reading, path: [...path, at] }) ?? []);
}

function readStep(source: unknown, reading: Reading): Step | undefined {
  const { issues, path } = reading;
  const keys = typeof source === "object" && source !== null ? Object.keys(source) : [];
  const verbs = VERBS.filter((verb) => keys.includes(verb));
  const [verb] = verbs;
  if (verb === undefined || verbs.length > 1) {
    const [key] = keys;
    issues.add(key === undefined ? path : [...path, key], complaint(source, keys, verbs), "key");
    return undefined;
  }
  const schema = STEP_SCHEMAS[verb] as Schema<unknown>;
  const shaped = issues.read(schema, source, path);
  if (shaped === undefined) return undefined;
  const read = READERS[verb] as (source: unknown, reading: Reading) => Fields<Step> | undefined;
  const fields = read(shaped, reading);
  if (fields === undefined) return undefined;
  const position = issues.locate(path);
  const place = { line: position?.line ?? null, column: position?.column ?? null };
  return { id: idOf(path), ...place, ...fields };
}

const READERS: {
  readonly [V in Verb]: (source: StepSourceOf<V>, reading: Reading) => Fields<Step> | undefined;
} = {
  start: ({ start, as = null, join }, reading) => {
    const { names, path } = reading;
    const dialled = join === undefined ? null : names.expand(join, [...path, "join"]);
    const step = processStep("start", start, reading);
    const told = as === null ? "" : ` as ${as}`;
    return { ...step, as, join: dialled, label: `${step.label}${told}` };
  },
  stop: ({ stop }, reading) => processStep("stop", stop, reading),
  kill: ({ kill }, reading) => processStep("kill", kill, reading),
  pause: ({ pause, ...spell }, reading) => processStep("pause", pause, reading, spell),
  resume: ({ resume }, reading) => processStep("resume", resume, reading),
  leave: ({ leave }, reading) => processStep("leave", leave, reading),
  restart: ({ restart, down }, reading) => {
    const step = processStep("restart", restart, reading);
    return down === undefined
      ? step
      : { ...step, downMs: durationMs(down), label: `${step.label} after ${down}` };
  },
  partition: (source, reading) => linkStep("partition", source, reading),
  isolate: (source, reading) => linkStep("isolate", source, reading),
  bridge: (source, reading) => linkStep("bridge", source, reading),
  ring: (source, reading) => linkStep("ring", source, reading),
  oneway: (source, reading) => linkStep("oneway", source, reading),
  reject: (source, reading) => linkStep("reject", source, reading),
  delay: (source, reading) => linkStep("delay", source, reading),
  loss: (source, reading) => linkStep("loss", source, reading),
  duplicate: (source, reading) => linkStep("duplicate", source, reading),
  reorder: (source, reading) => linkStep("reorder", source, reading),
  heal: ({ heal }, { issues, path }) => {
    const words = typeof heal === "string" ? [heal] : heal;
    const known = Object.keys(READ_LINKS);
    for (const word of words) {
      if (word === "all" || known.includes(word)) continue;
      issues.add([...path, "heal"], `there is no fault ${showValue(word)}${suggest(word, known)}`);
    }
    const verbs = words.includes("all") ? null : (words as LinkVerb[]);
    return { kind: "heal", verb: "heal", verbs, label: `heal ${words.join(", ")}` };
  },
  stall: ({ stall, for: spell, during = [] }, reading) => {
    const nodes = reading.names.expand(stall, [...reading.path, "stall"]);
    const inside = readSteps(during, [...reading.path, "during"], reading);
    const label = `stall ${showNames(nodes)} for ${spell}`;
    return { kind: "stall", verb: "stall", nodes, forMs: durationMs(spell), during: inside, label };
  },
  await: ({ await: source, within, hold }, reading) =>
    expectStep("await", source, { within, hold }, reading),
  expect: ({ expect: source, within, hold }, reading) =>
    expectStep("expect", source, { within, hold }, reading),
  always: ({ always }, reading) => standingStep("always", always, reading),
  never: ({ never }, reading) => standingStep("never", never, reading),
  repeat: ({ repeat, steps }, reading) => {
    const inside = readSteps(steps, [...reading.path, "steps"], reading);
    const label = `repeat ${repeat} times`;
    return { kind: "repeat", verb: "repeat", times: repeat, steps: inside, label };
  },
  section: ({ section, steps }, reading) => {
    const inside = readSteps(steps, [...reading.path, "steps"], reading);
    return { kind: "repeat", verb: "section", times: 1, steps: inside, label: section };
  },
  wait: ({ wait }) => ({
    kind: "wait",
    verb: "wait",
    forMs: durationMs(wait),
    label: `wait ${wait}`,
  }),
  mark: ({ mark }) => ({ kind: "note", verb: "mark", text: mark, label: mark }),
  log: ({ log }) => ({ kind: "note", verb: "log", text: log, label: log }),
  check: ({ check, title = "check", within, hold }) => ({
    kind: "expect",
    verb: "expect",
    condition: { kind: "custom", test: check },
    viewers: null,
    ...patience({ within, hold }),
    label: title,
  }),
};

interface SpellSource {
  readonly for?: string | undefined;
  readonly during?: readonly unknown[] | undefined;
}

interface PatienceSource {
  readonly within: string | undefined;
  readonly hold: string | undefined;
}

function readSpell(
  { for: forText, during }: SpellSource,
  { path, ...reading }: Reading,
): TimedFault {
  if (forText === undefined && during !== undefined) {
    reading.issues.add([...path, "during"], "during needs a for: how long it lasts", "key");
  }
  return {
    forMs: forText === undefined ? null : durationMs(forText),
    during: readSteps(during ?? [], [...path, "during"], reading),
  };
}

function processStep(
  verb: ProcessStep["verb"],
  who: NodesSource,
  reading: Reading,
  spell: SpellSource = {},
): Fields<ProcessStep> {
  const nodes = reading.names.expand(who, [...reading.path, verb]);
  const label = `${verb} ${who === "all" ? "all" : showNames(nodes)}${lasting(spell)}`;
  const rest = { as: null, join: null, downMs: 0 };
  return { kind: "process", verb, nodes, ...rest, ...readSpell(spell, reading), label };
}

function linkStep<V extends LinkVerb>(
  verb: V,
  source: StepSourceOf<V> & SpellSource,
  reading: Reading,
): Fields<Step> {
  const { label, ...links } = READ_LINKS[verb](source, reading);
  const spell = readSpell(source, reading);
  return { kind: "links", verb, ...links, ...spell, label: `${label}${lasting(source)}` };
}

function expectStep(
  verb: "await" | "expect",
  source: unknown,
  written: PatienceSource,
  reading: Reading,
): Fields<Step> | undefined {
  const read = parseCondition(source, { ...reading, path: [...reading.path, verb] });
  if (read === undefined) return undefined;
  return { kind: "expect", verb, ...read, ...patience(written) };
}

function standingStep(
  verb: "always" | "never",
  source: unknown,
  reading: Reading,
): Fields<Step> | undefined {
  const read = parseCondition(source, { ...reading, path: [...reading.path, verb] });
  if (read === undefined) return undefined;
  return { kind: "standing", verb, ...read, withinMs: null, holdMs: 0 };
}

function patience({ within, hold }: PatienceSource) {
  return {
    withinMs: within === undefined ? null : durationMs(within),
    holdMs: hold === undefined ? 0 : durationMs(hold),
  };
}

function lasting({ for: forText }: SpellSource): string {
  return forText === undefined ? "" : ` for ${forText}`;
}

function complaint(source: unknown, keys: readonly string[], verbs: readonly string[]): string {
  if (verbs.length > 1) return `${verbs.join(" and ")} in one step; give each a step of its own`;
  const [key] = keys;
  if (key === undefined) return `${showValue(source)} is no step; write such as "- kill: c"`;
  return `there is no verb ${showValue(key)}${suggest(key, VERBS)}`;
}
