import type { z } from "zod";
import { ConfigError } from "../../core/errors.ts";
import { SETTING_SCHEMAS, type SettingValues } from "./schemas.ts";
import type { GivenValues } from "./sources.ts";

/** The values that were given, each as its schema reads it. @throws ConfigError for the first that is wrong */
export function checkValues(given: GivenValues): SettingValues {
  const values: Record<string, unknown> = {};
  for (const [key, { value, origin }] of given) {
    const schema = SETTING_SCHEMAS[key];
    const result = schema.safeParse(value);
    if (!result.success) {
      const [issue] = result.error.issues;
      const wrong = issue?.path.reduce(valueAt, value) ?? value;
      const shown = wrong === value ? show(value) : `${show(wrong)} of ${show(value)}`;
      throw new ConfigError(`${key}: ${shown} (from ${origin}) ${ruleOf(issue, schema)}`);
    }
    values[key] = result.data;
  }
  return values as SettingValues;
}

/** The rule of the part that is wrong, where it has one of its own; otherwise that of the whole setting. */
function ruleOf(issue: z.core.$ZodIssue | undefined, schema: z.ZodType): string {
  if (issue !== undefined && /^(must|has) /.test(issue.message)) return issue.message;
  const hint = issue?.code === "custom" && issue.params?.hint;
  return `must be ${schema.description ?? "something else"}${hint ? `; it ${hint}` : ""}`;
}

function valueAt(value: unknown, key: PropertyKey): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : value;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
