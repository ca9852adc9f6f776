import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { Millis } from "../../core/member.ts";
import type { ServiceQuery } from "../../discovery/directory/live-query.ts";
import type { NodeApi } from "../node-api.ts";
import { notYetBody, RETRY_LATER } from "./readiness.ts";
import type { ServicePages } from "./service-pages.ts";
import type { WaitingClients } from "./waiting.ts";

/** What is asked, how long the answer may be the same, and what writes it. */
export interface ServicePoll {
  readonly query: ServiceQuery;
  readonly waitMs: Millis;
  readonly pages: ServicePages;
}

/**
 * A long poll of `GET /v1/services/:name`: the answer as soon as it is another one than now, or after `waitMs`; 503 where
 * there is none by then. Answered
 * past the framework: what it keeps for each request adds up where a thousand wait, and they are all answered at once.
 */
export function answerLater(
  context: Context<{ Bindings: HttpBindings }>,
  node: NodeApi,
  clients: WaitingClients,
  { query, waitMs, pages }: ServicePoll,
): Response {
  const { outgoing } = context.env;
  const { directory } = node;
  const release = clients.enter();
  const finish = () => {
    stop();
    const answer = directory.ask(query);
    const type = { "content-type": "application/json" };
    if (answer === undefined) {
      outgoing.writeHead(503, { ...type, ...RETRY_LATER }).end(JSON.stringify(notYetBody(node)));
      return;
    }
    void pages.page(answer).then((bytes) => {
      if (!outgoing.destroyed) outgoing.writeHead(200, type).end(bytes);
    });
  };
  const stop = () => {
    clearTimeout(timer);
    unsubscribe();
    stopWaiting();
    clients.ended.removeEventListener("abort", finish);
    outgoing.off("close", stop);
    release();
  };
  const timer = setTimeout(finish, waitMs);
  const unsubscribe = directory.subscribe(query, finish);
  const stopWaiting = directory.onReady(finish);
  clients.ended.addEventListener("abort", finish);
  outgoing.once("close", stop);
  if (clients.ended.aborted) finish();
  return RESPONSE_ALREADY_SENT;
}
