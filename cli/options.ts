import type { Options } from "yargs";
import { UsageError } from "./errors.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of `500ms`, `2.5s`, `10m`, `1h`. A number without a unit is refused: it would be guessed wrongly. */
export function parseDuration(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
  const unitMs = UNIT_MS[match?.[2] ?? ""];
  if (match === null || unitMs === undefined) {
    throw new UsageError(`${option}: ${quote(text)} is not a duration; use 500ms, 10s, 2m or 1h`);
  }
  return Number(match[1]) * unitMs;
}

/** A whole number within bounds; everything else is refused with the bounds. */
export function parseCount(option: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new UsageError(`${option}: ${quote(text)} is not a whole number from ${min} to ${max}`);
  }
  return value;
}

/** `5,10,30` as whole numbers, each within the bounds. */
export function parseCounts(option: string, text: string, min: number, max: number): number[] {
  return text.split(",").map((word) => parseCount(option, word.trim(), min, max));
}

/** A text option that is given once; twice is a mistake that yargs would turn into an array. */
export function once(option: string): (value: unknown) => string | undefined {
  return (value) => {
    if (Array.isArray(value)) throw new UsageError(`${option} is given twice; give it once`);
    if (value === "") throw new UsageError(`${option} needs a value`);
    // yargs reads `--no-api` so.
    if (value === false) {
      throw new UsageError(
        `--no-${option.slice(2)}: ${option} has a value and is no switch; leave this out`,
      );
    }
    return value === undefined ? undefined : String(value);
  };
}

/** An option of one value that `parse` reads; undefined where it is left out. */
export function valueOption<T>(
  option: string,
  describe: string,
  parse: (option: string, text: string) => T,
) {
  const single = once(option);
  return {
    describe,
    type: "string",
    requiresArg: true,
    coerce: (value: unknown): T | undefined => {
      const text = single(value);
      return text === undefined ? undefined : parse(option, text);
    },
  } as const satisfies Options;
}

/** An option of one text. */
export function textOption(option: string, describe: string) {
  return valueOption(option, describe, (_, text) => text);
}

/** An option of one whole number within bounds. */
export function countOption(option: string, describe: string, min: number, max: number) {
  return valueOption(option, describe, (_, text) => parseCount(option, text, min, max));
}

/** `--rng-seed`: 32 bits without a sign. */
export function rngSeedOption(describe: string) {
  return countOption("--rng-seed", describe, 0, 0xffff_ffff);
}

/** `a,b` as words out of `names`, in the order of `names`, each once. */
export function parseRows<T extends string>(
  option: string,
  text: string,
  names: readonly T[],
): T[] {
  const words = text.split(",").map((word) => word.trim());
  const foreign = words.find((word) => names.every((name) => name !== word));
  if (foreign !== undefined) {
    throw new UsageError(
      `${option}: ${quote(foreign)} is not one of them; choose from ${names.join(",")}`,
    );
  }
  return names.filter((name) => words.includes(name));
}

/** An option of one value that `parse` reads; where it is left out, that of `fallback`. */
export function defaultOption<T>(
  option: string,
  describe: string,
  fallback: string,
  parse: (option: string, text: string) => T,
) {
  const { coerce, ...single } = valueOption(option, describe, parse);
  const parsed = (value: unknown): T => coerce(value) ?? parse(option, fallback);
  return { ...single, default: fallback, coerce: parsed } as const satisfies Options;
}

/** A duration option that comes out in milliseconds. */
export function durationOption(option: string, describe: string, fallback: string) {
  return defaultOption(option, describe, fallback, parseDuration);
}

/** Words with commas between, or the option several times; none where it is left out. */
export function listOption(describe: string) {
  const coerce = (value: unknown) => [value].flat().flatMap((text) => String(text).split(","));
  return {
    describe,
    type: "string",
    requiresArg: true,
    default: [],
    coerce,
  } as const satisfies Options;
}

/** A switch: off where it is left out. */
export function switchOption(describe: string) {
  return { describe, type: "boolean", default: false } as const satisfies Options;
}

export const stateDirOption = textOption(
  "--state-dir",
  "Where up, down and ps remember the background daemons [$XDG_STATE_HOME/hearsay]",
);

export const jsonOption = switchOption("JSON for programs instead of text");

export const asciiOption = switchOption("ASCII instead of glyphs");

/** The profiles of the protocol, the fastest first. */
export const PROFILE_NAMES = ["local", "lan", "wan"] as const;

export const profileOption = {
  describe: "Pace of the protocol",
  choices: PROFILE_NAMES,
  default: "lan" as const,
} as const satisfies Options;

/** A word that a command cannot do without. */
export function neededPositional(describe: string) {
  return { describe, type: "string", demandOption: true } as const satisfies Options;
}

export const memberPositional = neededPositional("Name of the member");

/** Which node a command asks, and with what. */
export const nodeOptions = {
  attach: textOption(
    "--attach",
    "Control API of the node to ask [$HEARSAY_ATTACH, the first of hearsay up, 127.0.0.1:7373]",
  ),
  "token-file": textOption("--token-file", "Token for that API [$HEARSAY_TOKEN_FILE]"),
  "ca-file": textOption("--ca-file", "Authority of its certificate [$HEARSAY_CA_FILE]"),
  "state-dir": stateDirOption,
} as const satisfies Record<string, Options>;

/** What every command that asks a node and prints the answer has. */
export const attachOptions = {
  ...nodeOptions,
  json: jsonOption,
  ascii: asciiOption,
} as const satisfies Record<string, Options>;

export interface AttachArgs {
  readonly attach?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly stateDir?: string | undefined;
  readonly json?: boolean | undefined;
  readonly ascii?: boolean | undefined;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
