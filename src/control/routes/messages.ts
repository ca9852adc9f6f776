import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { ControlledMessages } from "../controlled-node.ts";
import type { QueryBody, ToldBody } from "../message-types.ts";
import { limitBody } from "./body-limit.ts";
import { readAskJson, readTellJson } from "./parameters.ts";
import type { WaitingClients } from "./waiting.ts";

/** User events and queries to the whole cluster. */
export function messageRoutes(messages: ControlledMessages, clients: WaitingClients) {
  const limit = limitBody();
  return new Hono()
    .post("/events", limit, validator("json", readTellJson), (context) => {
      refuseIfBusy(messages);
      const event = context.req.valid("json");
      messages.tell(event);
      return context.json<ToldBody>({ v: 1, told: event.name });
    })
    .post("/queries", limit, validator("json", readAskJson), async (context) => {
      refuseIfBusy(messages);
      const release = clients.enter();
      const gone = AbortSignal.any([context.req.raw.signal, clients.ended]);
      const body = await messages.ask(context.req.valid("json"), gone).finally(release);
      return context.json<QueryBody>(body);
    });
}

function refuseIfBusy({ busyWith }: ControlledMessages): void {
  const reason = busyWith();
  if (reason !== undefined) throw new HTTPException(429, { message: reason });
}
