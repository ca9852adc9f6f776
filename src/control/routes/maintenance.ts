import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { NodeApi } from "../node-api.ts";
import type { MaintenanceBody } from "../service-types.ts";
import { limitBody } from "./body-limit.ts";
import { readJsonBody } from "./json-body.ts";
import { readMaintenanceJson, readTargetsQuery } from "./parameters.ts";
import { notOffered } from "./services.ts";

const EXAMPLE = '{"reason": "new disks", "service": "web"}';

/** Takes services of this node out of use, and back. */
export function maintenanceRoutes(node: NodeApi) {
  const { identity, localServices } = node;
  const body = (): MaintenanceBody => ({
    v: 1,
    self: identity.name,
    maintenance: localServices.maintenance(),
  });
  return new Hono()
    .get("/maintenance", (context) => context.json(body()))
    .put("/maintenance", limitBody(), async (context) => {
      const { service = null, reason } = await readJsonBody(context, EXAMPLE, readMaintenanceJson);
      if (!localServices.beginMaintenance(service, reason)) throw notOffered(node, service ?? "");
      return context.json(body());
    })
    .delete("/maintenance", validator("query", readTargetsQuery), (context) => {
      const { service = null } = context.req.valid("query");
      if (!localServices.endMaintenance(service)) {
        const what = service ?? "this node as a whole";
        throw new HTTPException(404, {
          message: `${what} is not in maintenance at ${identity.name}`,
        });
      }
      return context.json(body());
    });
}
