import { z } from "zod";
import type { MemberName } from "../../core/member.ts";
import { showValue, suggest } from "../language/parsing/issues.ts";
import { showNames } from "../language/parsing/names.ts";
import type { NodesSource } from "../language/scalar-sources.ts";
import { line, nodes, wholeNumber } from "../language/schemas/scalars.ts";
import { schemaOf } from "../language/schemas/schema-of.ts";
import { type ConditionContext, type ConditionWord, expandAt } from "./condition-word.ts";
import { unmet } from "./evaluation.ts";

/** What a consumer uses. */
export interface PoolOfSource {
  readonly pool_of: string;
  /** How many members it uses. */
  readonly size?: number | undefined;
  readonly in?: NodesSource | undefined;
  readonly out?: NodesSource | undefined;
  readonly panic?: boolean | undefined;
}

/** What a consumer uses; null: whatever it is. */
export interface PoolCondition {
  readonly kind: "pool";
  readonly consumer: string;
  /** The node that it asks. */
  readonly at: string;
  readonly size: number | null;
  readonly inside: readonly MemberName[];
  readonly outside: readonly MemberName[];
  readonly panic: boolean | null;
}

/** `{ pool_of: consumer, size: 2, in: [b1, b2], out: b3, panic: false }`. */
export const poolOf: ConditionWord<"pool_of", PoolOfSource, PoolCondition> = {
  word: "pool_of",
  kind: "pool",
  standing: "both",
  schema: schemaOf<PoolOfSource>()(
    z
      .strictObject({
        pool_of: line.describe("A consumer"),
        size: wholeNumber(0, 1000).describe("How many members it uses").optional(),
        in: nodes.describe("Members that it uses").optional(),
        out: nodes.describe("Members that it does not use").optional(),
        panic: z.boolean({ error: "must be true or false" }).optional(),
      })
      .describe("What a consumer uses"),
  ),
  parse(source, context) {
    const { issues, path, consumers, names } = context;
    const { pool_of: name, size = null, panic = null } = source;
    const consumer = consumers?.get(name);
    if (consumers !== null && consumer === undefined) {
      const remedy =
        consumers.size === 0
          ? "; describe it under consumers"
          : suggest(name, [...consumers.keys()]);
      issues.add([...path, "pool_of"], `there is no consumer ${showValue(name)}${remedy}`);
    }
    const known = consumer?.members ?? names.nodes;
    const inside = usedAt("in", source, known, context);
    const outside = usedAt("out", source, known, context);
    if (size !== null && size > known.length) {
      issues.add(
        [...path, "size"],
        `size: ${size} is more than the ${known.length} that ${name} may use`,
      );
    }
    if (panic !== null && consumer !== undefined && consumer.decides.by !== "discovery") {
      const message = `only a consumer that uses discovery can be in panic; ${name} does not`;
      issues.add([...path, "panic"], message, "key");
    }
    const told = [
      ...(size === null ? [] : [`uses ${size}`]),
      ...(inside.length === 0 ? [] : [`with ${showNames(inside)}`]),
      ...(outside.length === 0 ? [] : [`without ${showNames(outside)}`]),
      ...(panic === null ? [] : [panic ? "in panic" : "not in panic"]),
    ];
    if (told.length === 0) issues.add(path, "pool_of needs at least one of size, in, out, panic");
    const at = consumer?.at ?? "";
    return {
      condition: { kind: "pool", consumer: name, at, size, inside, outside, panic },
      label: `${name} ${told.join(", ")}`,
    };
  },
  check({ at, consumer }, { processes }) {
    const why = processes.whyNotUp(at);
    return why === undefined ? undefined : `${why}, so ${consumer} cannot ask it`;
  },
  evaluate({ consumer, size, inside, outside, panic }, run) {
    const pool = run.pool(consumer);
    if (pool === undefined) return unmet(`${consumer} has not asked yet`);
    const { members } = pool;
    const holds =
      (size === null || members.length === size) &&
      inside.every((member) => members.includes(member)) &&
      !outside.some((member) => members.includes(member)) &&
      (panic === null || pool.panic === panic);
    const used = members.length === 0 ? "" : `: ${members.join(" ")}`;
    const inPanic = pool.panic ? ", in panic" : "";
    return { holds, got: () => `${consumer} uses ${members.length}${inPanic}${used}` };
  },
};

function usedAt(
  key: "in" | "out",
  source: PoolOfSource,
  known: readonly string[],
  context: ConditionContext,
): readonly string[] {
  const members = source[key] === undefined ? [] : expandAt(source[key], key, context);
  const stranger = members.find((member) => !known.includes(member));
  if (stranger !== undefined) {
    const message = `${source.pool_of} never uses ${stranger}${suggest(stranger, known)}`;
    context.issues.add([...context.path, key], message);
  }
  return members;
}
