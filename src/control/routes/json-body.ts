import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

/** Deeper than every body of ours; what goes through values level by level would run out of stack at thousands. */
const LEVELS_MAX = 32;

/**
 * The body of a request, read by `read`: a JSON object whatever type it says it has, since `curl -d` says the wrong one and
 * some clients say none; `{}` where there is no body.
 *
 * @throws HTTPException 400 with `example` for anything else
 */
export async function readJsonBody<T>(
  { req }: Context,
  example: string,
  read: (raw: unknown) => T,
): Promise<T> {
  const body = parse(await req.text());
  if (!isObject(body) || Array.isArray(body)) {
    throw new HTTPException(400, { message: `the body must be a JSON object, such as ${example}` });
  }
  if (isDeeper(body, LEVELS_MAX)) {
    throw new HTTPException(400, {
      message: `the body is nested too deeply; at most ${LEVELS_MAX} levels are allowed`,
    });
  }
  return read(body);
}

function parse(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isDeeper(value: object, levelsMax: number): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth < levelsMax; depth++) {
    level = level.filter(isObject).flatMap((each) => Object.values(each));
  }
  return level.some(isObject);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
