import { showValue, suggest } from "../language/parsing/issues.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import type { Schema } from "../language/schemas/schema.ts";
import type { ConditionContext, ConditionWord } from "./condition-word.ts";
import { CONDITIONS, type Condition } from "./registry.ts";

type AnyWord = ConditionWord<string, { readonly viewers?: NodesSource }, Condition>;

const WORDS = CONDITIONS as unknown as readonly AnyWord[];

/** A condition, and whose views count for it; null: those of all that run. */
export interface ExpectedCondition {
  readonly condition: Condition;
  readonly viewers: readonly string[] | null;
  readonly label: string;
}

/** A condition from what was written; undefined when that is none, which is then noted. */
export function parseCondition(
  source: unknown,
  context: ConditionContext,
): ExpectedCondition | undefined {
  const { issues, path } = context;
  const alone = WORDS.find(({ word }) => word === source)?.alone;
  if (alone !== undefined) return { ...alone, viewers: null };
  const keys = typeof source === "object" && source !== null ? Object.keys(source) : [];
  const words = WORDS.filter(({ word }) => keys.includes(word));
  const [word] = words;
  if (word === undefined || words.length > 1) {
    issues.add(path, complaint(source, keys, words));
    return undefined;
  }
  const written = issues.read(word.schema, source, path);
  return written === undefined ? undefined : withViewers(word, written, context);
}

function withViewers(
  word: AnyWord,
  written: SourceOfSchema<AnyWord["schema"]>,
  context: ConditionContext,
): ExpectedCondition {
  const { condition, label, viewers: own = null } = word.parse(written, context);
  if (written.viewers === undefined) return { condition, viewers: own, label };
  const viewers = context.names.expand(written.viewers, [...context.path, "viewers"]);
  return { condition, viewers, label: `${showNames(viewers)} see ${label}` };
}

type SourceOfSchema<S> = S extends Schema<infer Source> ? Source : never;

function complaint(source: unknown, keys: readonly string[], words: readonly AnyWord[]): string {
  const known = WORDS.map(({ word }) => word);
  if (words.length > 1) {
    return `${words.map(({ word }) => word).join(" and ")}: one condition at a time`;
  }
  if (typeof source === "string") {
    const alone = WORDS.flatMap((each) => (each.alone === undefined ? [] : [each.word]));
    return `there is no condition ${showValue(source)}${suggest(source, [...alone, ...known])}`;
  }
  const [key] = keys;
  if (key === undefined)
    return `${showValue(source)} is not a condition; write one such as { see: { c: dead } }`;
  return `there is no condition ${showValue(key)}${suggest(key, known)}`;
}
