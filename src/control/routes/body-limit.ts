import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

const BODY_BYTES_MAX = 64 * 1024;

/** Refuses bodies that no request of ours can need, by the length they have to state: Node reads no further than that. */
export function limitBody(bytesMax = BODY_BYTES_MAX): MiddlewareHandler {
  return async (context, next) => {
    const length = context.req.header("content-length");
    if (length === undefined && context.req.header("transfer-encoding") !== undefined) {
      throw new HTTPException(411, { message: "the body must come with its Content-Length" });
    }
    if (Number(length ?? 0) > bytesMax) {
      throw new HTTPException(413, { message: `the body must be at most ${bytesMax} bytes` });
    }
    await next();
  };
}
