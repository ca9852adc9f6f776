import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { KeyOutcomeBody, KeysBody } from "../encryption-types.ts";
import type { ControlledKeys } from "../node-api.ts";
import { limitBody } from "./body-limit.ts";
import { readJsonBody } from "./json-body.ts";
import { readInstallJson, readKeyParam } from "./parameters.ts";
import type { WaitingClients } from "./waiting.ts";

/** The keys of all members. No secret goes this way: a new key is made by the node, and is sent by gossip. */
export function keyRoutes(keys: ControlledKeys | undefined, clients: WaitingClients) {
  if (keys === undefined) {
    return new Hono<{ Bindings: HttpBindings }>().all("/*", () => {
      throw new HTTPException(409, {
        message: "this node is a guest, and the keys are the pool's own",
      });
    });
  }
  const within = async <T>(gone: AbortSignal, work: (signal: AbortSignal) => Promise<T>) => {
    const release = clients.enter();
    return work(AbortSignal.any([gone, clients.ended])).finally(release);
  };
  return new Hono<{ Bindings: HttpBindings }>()
    .get("/", async ({ req, json }) =>
      json<KeysBody>(await within(req.raw.signal, (signal) => keys.list(signal))),
    )
    .post("/", limitBody(), async (context) => {
      const { id } = await readJsonBody(context, "{}", readInstallJson);
      const { signal: gone } = context.req.raw;
      const body = await within(gone, (signal) => keys.install(id, signal));
      return context.json<KeyOutcomeBody>(body);
    })
    .post("/:id/use", validator("param", readKeyParam), async (context) => {
      const { id } = context.req.valid("param");
      const { signal: gone } = context.req.raw;
      const body = await within(gone, (signal) => keys.use(id, signal));
      return context.json<KeyOutcomeBody>(body);
    })
    .delete("/:id", validator("param", readKeyParam), async (context) => {
      const { id } = context.req.valid("param");
      const { signal: gone } = context.req.raw;
      const body = await within(gone, (signal) => keys.remove(id, signal));
      return context.json<KeyOutcomeBody>(body);
    });
}
