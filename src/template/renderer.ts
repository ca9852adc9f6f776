import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Liquid, type Template } from "liquidjs";
import type { MemberBody, SelfBody } from "../control/api-types.ts";
import type { ServiceOptions } from "../control/client.ts";
import type { ServiceBody, ServiceSummaryBody } from "../control/service-types.ts";
import { ConfigError, errorText } from "../core/errors.ts";

/** What a template may read beside the services that it asks for. */
export interface TemplateData {
  readonly self: SelfBody;
  readonly members: readonly MemberBody[];
  readonly services: readonly ServiceSummaryBody[];
}

/** Which endpoints a template wants of a service: `'web' | service: max_phi: 3, tag: 'blue', near: true`. */
export interface ServiceWish extends Pick<ServiceOptions, "maxPhi" | "tag" | "nearSelf"> {
  readonly name: string;
}

export interface Renderer {
  /** @throws ConfigError for what the template gets wrong; whatever `ask` rejects with */
  render(data: TemplateData, ask: (wish: ServiceWish) => Promise<ServiceBody>): Promise<string>;
}

/** What a template may cost, so that a mistake in it ends instead of this process. */
const LIMITS = { parseLimit: 10_000_000, renderLimit: 2_000, memoryLimit: 100_000_000 };

/**
 * A template in the Liquid language (liquidjs). It is interpreted, never compiled to code; what members say of themselves is
 * data to it, and cannot become template.
 *
 * @throws ConfigError for a file that cannot be read or is no template
 */
export function openRenderer(path: string): Renderer {
  let ask: ((wish: ServiceWish) => Promise<ServiceBody>) | undefined;
  const engine = new Liquid({
    root: dirname(path),
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    ownPropertyOnly: true,
    ...LIMITS,
  });
  engine.registerFilter("service", (name: unknown, ...options: unknown[]) =>
    ask?.(wishOf(name, options)),
  );
  const template = parse(engine, path);
  return {
    render: async (data, answer) => {
      const failures: unknown[] = [];
      ask = (wish) =>
        answer(wish).catch((error: unknown) => {
          failures.push(error);
          throw error;
        });
      try {
        return String(await engine.render(template, { ...data }));
      } catch (error) {
        // The engine wraps what a filter threw: what the node said is not the template's mistake.
        throw failures[0] ?? mistakeIn(path, error);
      }
    },
  };
}

function parse(engine: Liquid, path: string): Template[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`template: cannot read ${path} (${errorText(error)})`);
  }
  try {
    return engine.parse(text, path);
  } catch (error) {
    throw mistakeIn(path, error);
  }
}

function wishOf(name: unknown, options: readonly unknown[]): ServiceWish {
  if (typeof name !== "string" || name === "")
    throw new Error("service: needs the name of a service");
  const wish: Record<string, unknown> = {};
  for (const option of options) {
    const [key, value] = Array.isArray(option)
      ? (option as unknown[])
      : [String(option), undefined];
    if (key === "max_phi" && typeof value === "number") wish.maxPhi = value;
    else if (key === "tag" && typeof value === "string") wish.tag = value;
    else if (key === "near" && typeof value === "boolean") wish.nearSelf = value;
    else
      throw new Error(`service: takes max_phi: 3, tag: 'blue' and near: true, not ${String(key)}`);
  }
  return { name, ...wish };
}

function mistakeIn(path: string, error: unknown): ConfigError {
  const line = errorText(error).split("\n")[0] ?? "";
  const where = line.includes("file:") ? line : `${line}, file:${path}`;
  return new ConfigError(`template: ${where}; correct it`);
}
