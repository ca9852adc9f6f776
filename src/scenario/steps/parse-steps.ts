import { idOf, type Path, showValue, suggest } from "../language/parsing/issues.ts";
import { STEPS, type Step } from "./registry.ts";
import type { StepContext, StepWord } from "./step-word.ts";

type AnyWord = StepWord<string, unknown, Step>;

const WORDS = STEPS as unknown as readonly AnyWord[];

/** What steps are parsed with, wherever they stand. */
export type StepsContext = Pick<StepContext, "names" | "issues" | "consumers">;

/** The steps of a list; those that are none are noted and left out. */
export function parseSteps(list: readonly unknown[], path: Path, context: StepsContext): Step[] {
  const inside: StepContext["parseSteps"] = (steps, at) => parseSteps(steps, at, context);
  return list.flatMap(
    (source, at) =>
      parseStep(source, { ...context, path: [...path, at], parseSteps: inside }) ?? [],
  );
}

function parseStep(source: unknown, context: StepContext): Step | undefined {
  const { issues, path } = context;
  const keys = typeof source === "object" && source !== null ? Object.keys(source) : [];
  const words = WORDS.filter(({ word }) => keys.includes(word));
  const [word] = words;
  if (word === undefined || words.length > 1) {
    const [key] = keys;
    issues.add(key === undefined ? path : [...path, key], complaint(source, keys, words), "key");
    return undefined;
  }
  const written = issues.read(word.schema, source, path);
  const step = written === undefined ? undefined : word.parse(written, context);
  if (step === undefined) return undefined;
  const { line = null, column = null } = issues.locate(path) ?? {};
  return { id: idOf(path), line, column, ...step } as Step;
}

function complaint(source: unknown, keys: readonly string[], words: readonly AnyWord[]): string {
  if (words.length > 1) {
    const both = words.map(({ word }) => word).join(" and ");
    return `${both} cannot share a step; write a step for each`;
  }
  const [key] = keys;
  if (key === undefined) return `${showValue(source)} is not a step; write one such as "- kill: c"`;
  const known = WORDS.map(({ word }) => word);
  return `there is no verb ${showValue(key)}${suggest(key, known)}`;
}
