import { createHash, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { RefusedClients } from "./refused-clients.ts";

/** The tokens that a control API takes. Without any, anyone who reaches it may do everything. */
export interface TokenTexts {
  /** For everything. */
  readonly full: readonly string[];
  /** For what only looks. */
  readonly read: readonly string[];
}

/** Which token may do what. Holds only hashes, and takes new tokens while it serves. */
export class ApiTokens {
  private full: readonly Buffer[] = [];
  private read: readonly Buffer[] = [];

  /** From now on takes these. */
  use({ full, read }: TokenTexts): void {
    this.full = full.map(hashOf);
    this.read = read.map(hashOf);
  }

  get areWanted(): boolean {
    return this.full.length > 0;
  }

  /** What that token allows; undefined: nothing. The comparison takes the same time for every token. */
  scopeOf(token: string): "full" | "read" | undefined {
    const hash = hashOf(token);
    // Each is compared, found or not.
    const isFull = this.full.filter((each) => timingSafeEqual(each, hash)).length > 0;
    const isRead = this.read.filter((each) => timingSafeEqual(each, hash)).length > 0;
    if (isFull) return "full";
    return isRead ? "read" : undefined;
  }
}

/** Challenge of RFC 6750, section 3. */
const CHALLENGE = 'Bearer realm="hearsay"';

/** Asks each request for a token: one for reading if it is a GET, the full one otherwise. */
export function requireToken(tokens: ApiTokens, refused: RefusedClients): MiddlewareHandler {
  return async (context, next) => {
    if (tokens.areWanted) check(context, tokens, refused);
    await next();
  };
}

function check(context: Context, tokens: ApiTokens, refused: RefusedClients): void {
  const given = /^Bearer +(\S+) *$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (given === undefined) {
    throw refusal(context, refused, 401, {
      challenge: CHALLENGE,
      why: "this node requires a token; name its file with --token-file or HEARSAY_TOKEN_FILE, or send it as Authorization: Bearer",
    });
  }
  const scope = tokens.scopeOf(given);
  if (scope === undefined) {
    throw refusal(context, refused, 401, {
      challenge: `${CHALLENGE}, error="invalid_token"`,
      why: "the token is not one of this node's; use one from the file that its --api-token-file names",
    });
  }
  const mayDo = scope === "full" || ["GET", "HEAD"].includes(context.req.method);
  if (!mayDo) {
    throw refusal(context, refused, 403, {
      challenge: `${CHALLENGE}, error="insufficient_scope"`,
      why: "the token may only read; use one from the file that the node's --api-token-file names",
    });
  }
}

function refusal(
  context: Context,
  refused: RefusedClients,
  status: 401 | 403,
  { challenge, why }: { readonly challenge: string; readonly why: string },
): HTTPException {
  context.header("www-authenticate", challenge);
  refused.note("token");
  return new HTTPException(status, { message: why });
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
