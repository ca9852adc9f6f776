import { compareNames } from "../core/name-order.ts";

/** A command as completion knows it. */
export interface CommandWords {
  readonly name: string;
  readonly describe: string;
  readonly options: readonly OptionWords[];
  readonly positionals: readonly PositionalWords[];
  /** Commands below this one, as of `hearsay bench`. */
  readonly commands: readonly CommandWords[];
}

export interface OptionWords {
  /** Without its dashes. */
  readonly name: string;
  readonly describe: string;
  readonly takesValue: boolean;
  /** A switch that is on, or may be, where it is left out: `--no-` and its name turns it off. */
  readonly isNegatable: boolean;
  readonly choices: readonly string[];
}

export interface PositionalWords {
  readonly name: string;
  /** It takes this word and all that follow. */
  readonly isMany: boolean;
  readonly choices: readonly string[];
}

/** Look-ups for completion. Each answers quickly, with an empty list where it cannot. */
export interface LiveWords {
  members(): Promise<readonly string[]>;
  services(): Promise<readonly string[]>;
  /** Names of background daemons. */
  daemons(): Promise<readonly string[]>;
  /** Their control addresses. */
  addresses(): Promise<readonly string[]>;
  settings(): Promise<readonly string[]>;
  eventKinds(): Promise<readonly string[]>;
}

/** A word that may stand at the cursor, with what it means. */
export interface Completion {
  readonly word: string;
  readonly describe: string;
}

/** What may stand at the cursor; `files` asks the shell to offer paths too. */
export interface Completions {
  readonly words: readonly Completion[];
  readonly files: boolean;
}

/** Where the words of an option or a positional come from, by its name. */
const SOURCES: Readonly<Record<string, keyof LiveWords | "files" | "conditions" | "states">> = {
  ...{ member: "members", groups: "members", "near-to": "members", service: "services" },
  ...{ names: "daemons", attach: "addresses", kind: "eventKinds" },
  ...{ for: "conditions", status: "states" },
  ...{ files: "files", file: "files", template: "files", out: "files", config: "files" },
  ...{ "key-file": "files", "data-dir": "files", "state-dir": "files", record: "files" },
  ...{ report: "files", picture: "files" },
};

const STATES = ["alive", "suspect", "dead", "left"];
const CONDITION_STATES = [...STATES, "member"];
const COMMON: readonly OptionWords[] = [
  { name: "help", describe: "Show help", takesValue: false, isNegatable: false, choices: [] },
];

/**
 * What may stand in place of the last of `words`, the words behind `hearsay` up to the cursor.
 */
export async function complete(
  words: readonly string[],
  commands: readonly CommandWords[],
  live: LiveWords,
): Promise<Completions> {
  const current = words.at(-1) ?? "";
  const before = [...words.slice(0, -1)];
  let command: CommandWords | undefined;
  let below = commands;
  while (before.length > 0 && below.length > 0) {
    const name = before.shift();
    command = below.find((each) => each.name === name);
    if (command === undefined) return { words: [], files: false };
    below = command.commands;
  }
  if (command === undefined || below.length > 0) {
    return matching(
      current,
      below.map(({ name, describe }) => ({ word: name, describe })),
    );
  }
  const { options, positionals } = command;
  const known = [...options, ...COMMON];
  const [, inlined, start] = /^--([\w-]+)=(.*)$/s.exec(current) ?? [];
  if (inlined !== undefined) {
    const found = await valuesOf(optionNamed(known, `--${inlined}`), start ?? "", live);
    const whole = found.words.map((each) => ({ ...each, word: `--${inlined}=${each.word}` }));
    return { ...found, words: whole };
  }
  const last = optionNamed(known, before.at(-1) ?? "");
  if (last?.takesValue === true) return valuesOf(last, current, live);
  if (current.startsWith("-")) return matching(current, known.flatMap(optionCompletions));
  const given = before.filter((word, at) => {
    const isValue = at > 0 && optionNamed(known, before[at - 1] ?? "")?.takesValue === true;
    return !word.startsWith("-") && !isValue;
  });
  const positional = positionals[given.length] ?? manyOf(positionals);
  const isSettingName = given[0] === "settings" && positional?.name === "names";
  const source = isSettingName ? { ...positional, name: "setting" } : positional;
  return valuesOf(source, current, live);
}

function manyOf(positionals: readonly PositionalWords[]): PositionalWords | undefined {
  const last = positionals.at(-1);
  return last?.isMany === true ? last : undefined;
}

function optionNamed(options: readonly OptionWords[], word: string): OptionWords | undefined {
  return options.find(({ name }) => word === `--${name}`);
}

function optionCompletions({ name, describe, isNegatable }: OptionWords): Completion[] {
  const plain = { word: `--${name}`, describe };
  return isNegatable ? [plain, { word: `--no-${name}`, describe }] : [plain];
}

async function valuesOf(
  what: Pick<PositionalWords, "name" | "choices"> | undefined,
  current: string,
  live: LiveWords,
): Promise<Completions> {
  if (what === undefined) return { words: [], files: false };
  if (what.choices.length > 0) return matching(current, plain(what.choices));
  const source = what.name === "setting" ? "settings" : SOURCES[what.name];
  if (source === undefined) return { words: [], files: false };
  if (source === "files") return { words: [], files: true };
  if (source === "states") return matching(current, plain(STATES));
  if (source === "conditions") return matching(current, plain(await conditions(current, live)));
  const words = [...(await live[source]())].sort(compareNames);
  // Lists: what stands before the last comma stays.
  const done = current.slice(0, current.lastIndexOf(",") + 1);
  const isList = what.name === "groups" || what.name === "kind";
  return matching(current, plain(isList ? words.map((word) => done + word) : words));
}

/** `converged`, and each state with a count or the name of a member behind it. */
async function conditions(current: string, live: LiveWords): Promise<string[]> {
  if (!current.includes("=")) return ["converged", ...CONDITION_STATES.map((state) => `${state}=`)];
  const [state = ""] = current.split("=");
  return [...(await live.members())].sort(compareNames).map((name) => `${state}=${name}`);
}

function plain(words: readonly string[]): Completion[] {
  return words.map((word) => ({ word, describe: "" }));
}

function matching(current: string, all: readonly Completion[]): Completions {
  return { words: all.filter(({ word }) => word.startsWith(current)), files: false };
}
