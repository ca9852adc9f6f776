import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { NotYet } from "../../core/member.ts";
import { describeNotYet } from "../../text/not-yet.ts";
import type { ErrorBody, HealthBody } from "../api-types.ts";
import type { NodeApi } from "../node-api.ts";

/** In seconds, what `Retry-After` says: a first sync takes a fraction of it. */
const RETRY_AFTER_S = "1";

/** Header that says when to ask again, in seconds. */
export const RETRY_LATER = { "retry-after": RETRY_AFTER_S };

/** The node does not know its whole cluster yet: 503, with the reason. */
export class NotYetException extends HTTPException {
  readonly body: ErrorBody;

  constructor(node: NodeApi) {
    const body = notYetBody(node);
    super(503, { message: body.error });
    this.body = body;
  }
}

/** What is said in place of an answer. */
export function notYetBody({ identity, directory }: NodeApi): ErrorBody {
  // Between the question and this moment the view may have become whole.
  const notYet: NotYet = directory.notYet ?? "joining";
  const error = `${identity.name} cannot answer yet: ${describeNotYet(notYet)}`;
  return { v: 1, error, notYet };
}

/**
 * `/healthz`: this process works, whatever it knows. `/readyz`: its answers are whole, so it may be asked; 503 until the
 * first sync, after a time of being cut off, and once it leaves.
 */
export function healthRoutes(node: NodeApi) {
  const bodyOf = (ready: boolean, why: string | null): HealthBody => ({
    v: 1,
    self: node.identity.name,
    ready,
    why,
  });
  return new Hono()
    .get("/healthz", (context) => context.json(bodyOf(...readinessOf(node))))
    .get("/readyz", (context) => {
      const [ready, why] = readinessOf(node);
      return ready
        ? context.json(bodyOf(ready, why))
        : context.json(bodyOf(ready, why), 503, RETRY_LATER);
    });
}

function readinessOf(node: NodeApi): [ready: boolean, why: string | null] {
  const { phase, notYet } = node.snapshot();
  if (phase !== "running") return [false, "it leaves the cluster"];
  return notYet === null ? [true, null] : [false, describeNotYet(notYet)];
}
