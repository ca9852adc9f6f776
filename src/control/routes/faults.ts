import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import type { FaultsBody, StallBody } from "../api-types.ts";
import type { ControlledFaults } from "../node-api.ts";
import { limitBody } from "./body-limit.ts";
import { FAULT_BODY_BYTES_MAX, readFaultsJson, readStallJson } from "./fault-parameters.ts";
import { readJsonBody } from "./json-body.ts";

const FAULTS_EXAMPLE = '{"rules": [{"from": ["n1"], "to": ["n2"], "drop": 1}], "ttlMs": 30000}';
const NOT_ALLOWED =
  "faults: this daemon does not allow them; start it with --allow-faults (allowFaults: true in its config) " +
  "if any client of its API may break its links";

/** Everything that breaks the node on purpose. */
export function faultRoutes(faults: ControlledFaults | undefined) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  if (faults === undefined) {
    return app.all("/*", () => {
      throw new HTTPException(403, { message: NOT_ALLOWED });
    });
  }
  const limit = limitBody(FAULT_BODY_BYTES_MAX);
  return app
    .get("/", (context) => context.json<FaultsBody>(faults.read()))
    .put("/", limit, async (context) => {
      const request = await readJsonBody(context, FAULTS_EXAMPLE, readFaultsJson);
      return context.json<FaultsBody>(faults.set(request));
    })
    .delete("/", (context) => context.json<FaultsBody>(faults.heal()))
    .post("/stall", limit, async (context) => {
      const { ms: stallMs } = await readJsonBody(context, '{"ms": 500}', readStallJson);
      // A process that stands still cannot answer: the answer goes first.
      context.env.outgoing.once("close", () => faults.stall(stallMs));
      return context.json<StallBody>({ v: 1, stallMs });
    });
}
