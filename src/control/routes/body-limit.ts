import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";

const BODY_BYTES_MAX = 64 * 1024;

/** Refuses bodies that no request of ours can need. */
export function limitBody() {
  return bodyLimit({
    maxSize: BODY_BYTES_MAX,
    onError: () => {
      throw new HTTPException(413, { message: `the body must be at most ${BODY_BYTES_MAX} bytes` });
    },
  });
}
