import type { z } from "zod";
import { nearestName } from "../../../daemon/settings/nearest-name.ts";
import type { Placed } from "../scenario.ts";

/** Keys and indexes from the top of a scenario to a place in it. */
export type Path = readonly (string | number)[];

/** Where something stands in a file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds a place in the file that a scenario came from; undefined without one. */
export type Locate = (path: Path, part: "key" | "value") => Position | undefined;

/** Something in a scenario that cannot be carried out. */
export interface ScenarioIssue {
  readonly id: string;
  readonly position: Position | undefined;
  /** One line: what, which value, what is allowed. */
  readonly message: string;
}

/** The scenario cannot be run: an error of whoever wrote it. Nothing was started. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly issues: readonly ScenarioIssue[];

  constructor(file: string | null, issues: readonly ScenarioIssue[]) {
    super(issues.map((issue) => formatIssue(file, issue)).join("\n"));
    this.issues = issues;
  }
}

/** `file:line:column: message`, as editors and terminals take it. */
export function formatIssue(file: string | null, { id, position, message }: ScenarioIssue): string {
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  return `${file ?? "scenario"}${place}: ${file === null && id !== "" ? `${id}: ` : ""}${message}`;
}

/** What was found wrong so far, each with its place. */
export class Issues {
  readonly found: ScenarioIssue[] = [];
  readonly #locate: Locate;

  constructor(locate: Locate) {
    this.#locate = locate;
  }

  add(path: Path, message: string, part: "key" | "value" = "value"): void {
    this.found.push({ id: idOf(path), position: this.#locate(path, part), message });
  }

  /** For what was read already and knows its place; the same complaint once. */
  addAt({ id, line, column }: Placed, message: string): void {
    const position = line === null || column === null ? undefined : { line, column };
    if (this.found.some((issue) => issue.id === id && issue.message === message)) return;
    this.found.push({ id, position, message });
  }

  locate(path: Path): Position | undefined {
    return this.#locate(path, "value");
  }

  /** The value in its shape, or undefined when it has another one, which is then noted. */
  read<T>(shape: z.ZodType<T>, value: unknown, path: Path): T | undefined {
    const result = shape.safeParse(value, { reportInput: true });
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.#addShapeIssue(issue, path, shape);
    return undefined;
  }

  #addShapeIssue(issue: z.core.$ZodIssue, base: Path, shape: z.ZodType): void {
    const path = [...base, ...(issue.path as Path)];
    const key = path.at(-1);
    if (issue.code === "unrecognized_keys") {
      const allowed = issue.path.length === 0 ? keysOf(shape) : [];
      for (const unknown of issue.keys) {
        this.add([...path, unknown], unknownKey(unknown, allowed), "key");
      }
    } else if (issue.code === "invalid_key") {
      const allowed = issue.issues.flatMap((each) => ("values" in each ? each.values : []));
      this.add(path, unknownKey(String(key), allowed.map(String)), "key");
    } else if (issue.input === undefined && issue.path.length > 0) {
      this.add(path.slice(0, -1), `${key} is missing; it ${issue.message}`);
    } else {
      this.add(path, `${key ?? "this"}: ${showValue(issue.input)} ${issue.message}`);
    }
  }
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

function keysOf(shape: z.ZodType): string[] {
  return "shape" in shape ? Object.keys(shape.shape as object) : [];
}
