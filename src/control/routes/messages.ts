import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { QueryBody, ToldBody } from "../message-types.ts";
import type { ControlledMessages } from "../node-api.ts";
import { limitBody } from "./body-limit.ts";
import { readJsonBody } from "./json-body.ts";
import { readAskJson, readTellJson } from "./parameters.ts";
import type { WaitingClients } from "./waiting.ts";

const EVENT_EXAMPLE = '{"name": "deploy", "payload": "v2"}';
const QUERY_EXAMPLE = '{"name": "load", "timeoutMs": 5000}';

/** User events and queries to the whole cluster. */
export function messageRoutes(messages: ControlledMessages, clients: WaitingClients) {
  const limit = limitBody();
  return new Hono()
    .post("/events", limit, async (context) => {
      const event = await readJsonBody(context, EVENT_EXAMPLE, readTellJson);
      refuseIfBusy(messages);
      messages.tell(event);
      return context.json<ToldBody>({ v: 1, told: event.name });
    })
    .post("/queries", limit, async (context) => {
      const question = await readJsonBody(context, QUERY_EXAMPLE, readAskJson);
      refuseIfBusy(messages);
      const release = clients.enter();
      const gone = AbortSignal.any([context.req.raw.signal, clients.ended]);
      const body = await messages.ask(question, gone).finally(release);
      return context.json<QueryBody>(body);
    });
}

function refuseIfBusy({ busyWith }: ControlledMessages): void {
  const reason = busyWith();
  if (reason !== undefined) throw new HTTPException(429, { message: reason });
}
