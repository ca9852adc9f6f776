import type { z } from "zod";
import { nearestName } from "../../../daemon/settings/nearest-name.ts";
import type { SourceLocation } from "../scenario.ts";
import type { Position, ScenarioIssue } from "../scenario-error.ts";
import type { Schema } from "../schemas/schema.ts";
import { zodOf } from "../schemas/schema-of.ts";

/** Keys and indexes from the top of a scenario to a place in it. */
export type Path = readonly (string | number)[];

/** Finds a place in the file that a scenario came from; undefined without one. */
export type Locate = (path: Path, part: "key" | "value") => Position | undefined;

/** What was found wrong so far, each with its place. */
export class Issues {
  readonly found: ScenarioIssue[] = [];
  private readonly locator: Locate;

  constructor(locate: Locate) {
    this.locator = locate;
  }

  add(path: Path, message: string, part: "key" | "value" = "value"): void {
    this.found.push({ id: idOf(path), position: this.locator(path, part), message });
  }

  /** For what was read already and knows its place; the same complaint once. */
  addAt({ id, line, column }: SourceLocation, message: string): void {
    const position = line === null || column === null ? undefined : { line, column };
    if (this.found.some((issue) => issue.id === id && issue.message === message)) return;
    this.found.push({ id, position, message });
  }

  locate(path: Path): Position | undefined {
    return this.locator(path, "value");
  }

  /** The value, or undefined where the schema does not accept it, which is then noted. */
  read<T>(schema: Schema<T>, value: unknown, path: Path): T | undefined {
    const zodSchema = zodOf(schema);
    const result = zodSchema.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.addSchemaIssue(issue, path, zodSchema);
    return undefined;
  }

  private addSchemaIssue(issue: z.core.$ZodIssue, base: Path, schema: z.ZodType): void {
    const path = [...base, ...(issue.path as Path)];
    if (issue.code === "unrecognized_keys") {
      const allowed = keysAt(schema, issue.path);
      for (const key of issue.keys) this.add([...path, key], unknownKey(key, allowed), "key");
    } else if (issue.code === "invalid_key") {
      const [own] = issue.issues;
      const demand = own === undefined ? "is not a name" : demandOf(own);
      this.add(path, `${showValue(path.at(-1))} ${demand}`, "key");
    } else if (issue.input === undefined && issue.path.length > 0) {
      this.add(path.slice(0, -1), `${nameOf(path)} is missing; it ${demandOf(issue)}`);
    } else {
      this.add(path, `${nameOf(path)}: ${showValue(issue.input)} ${demandOf(issue)}`);
    }
  }
}

/** What the value should have been, where a schema does not say it in words of its own. */
function demandOf(issue: z.core.$ZodIssue): string {
  if (!issue.message.startsWith("Invalid")) return issue.message;
  if (issue.code === "invalid_value") return `must be ${issue.values.join(", ")}`;
  return "must be a map of keys and values";
}

/** The last key, and the index in its list. */
function nameOf(path: Path): string {
  const from = path.findLastIndex((part) => typeof part === "string");
  return from < 0 ? "the scenario" : idOf(path.slice(from));
}

/** `there is no X here; did you mean Y?`, or what there is. */
export function unknownKey(key: string, allowed: readonly string[]): string {
  return `there is no ${JSON.stringify(key)} here${suggest(key, allowed)}`;
}

/** `; did you mean x?` or `; there are x, y`, as far as anything is allowed. */
export function suggest(word: string, allowed: readonly string[]): string {
  if (allowed.length === 0) return "";
  // Of names of one or two letters any is as near as another.
  const near = word.length < 3 ? undefined : nearestName(word, allowed);
  return near === undefined ? `; there are ${allowed.join(", ")}` : `; did you mean ${near}?`;
}

/** A value as a message quotes it, cut to 60 characters. */
export function showValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Such as `steps[2].during[0]`. */
export function idOf(path: Path): string {
  return path
    .map((part, at) => (typeof part === "number" ? `[${part}]` : at === 0 ? part : `.${part}`))
    .join("");
}

/** The keys that a schema knows at a place in it, as far as it is a map there. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): readonly string[] {
  let at = schema as unknown as AnySchema;
  for (const key of path) {
    const { shape: fields, valueType = {} } = unwrapped(at);
    at = unwrapped(fields?.[key] ?? valueType);
  }
  const { shape: fields = {}, keyType } = unwrapped(at);
  return [...Object.keys(fields), ...(keyType?.options ?? [])];
}

/** What of zod's schemas is looked into. */
interface AnySchema {
  readonly shape?: Readonly<Record<PropertyKey, AnySchema>>;
  readonly valueType?: AnySchema;
  readonly keyType?: { readonly options?: readonly string[] };
  readonly unwrap?: () => AnySchema;
}

function unwrapped(schema: AnySchema): AnySchema {
  return schema.unwrap === undefined ? schema : unwrapped(schema.unwrap());
}
