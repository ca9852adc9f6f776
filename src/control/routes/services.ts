import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { validator } from "hono/validator";
import type { Millis } from "../../core/member.ts";
import { START_ID_HEADER } from "../api-types.ts";
import type { NodeApi } from "../node-api.ts";
import type { ChecksBody, RegisteredBody, WithdrawnBody } from "../service-types.ts";
import { limitBody } from "./body-limit.ts";
import { readJsonBody } from "./json-body.ts";
import { jsonPieces } from "./json-pieces.ts";
import type { PageMaker } from "./page-maker.ts";
import {
  readHeartbeat,
  readServiceParam,
  readServiceQuery,
  readTargetsQuery,
} from "./parameters.ts";
import { nodeTargets, serviceTargets } from "./prometheus-targets.ts";
import { NotYetException } from "./readiness.ts";
import { lazyServicesBody } from "./service-bodies.ts";
import { ServicePages } from "./service-pages.ts";
import { answerLater } from "./service-wait.ts";
import { watchService } from "./service-watch.ts";
import type { WaitingClients } from "./waiting.ts";

const WAIT_MS_DEFAULT: Millis = 30_000;
const SERVICE_EXAMPLE = '{"port": 8080, "tags": ["canary"]}';
const HEARTBEAT_EXAMPLE = '{"result": "failed", "output": "why"}';
const JSON_TYPE = { "content-type": "application/json" };

/** What the cluster offers, and what this node offers it. */
export function serviceRoutes(node: NodeApi, clients: WaitingClients, maker: PageMaker) {
  const { directory, localServices, identity } = node;
  const pages = new ServicePages(node, maker);
  const sendJson = async (context: Context, body: unknown) =>
    context.body(await maker.make(() => jsonPieces(body)), 200, JSON_TYPE);
  return new Hono<{ Bindings: HttpBindings }>()
    .get("/services", (context) => {
      const services = directory.services();
      if (services === undefined) throw new NotYetException(node);
      return sendJson(context, lazyServicesBody(identity.name, services));
    })
    .get(
      "/services/:name",
      validator("param", readServiceParam),
      validator("query", readServiceQuery),
      async (context) => {
        const { name } = context.req.valid("param");
        const { index, wait, ...wanted } = context.req.valid("query");
        const query = { service: name, ...wanted };
        const answer = directory.ask(query);
        const waitMs = wait ?? (index === undefined ? 0 : WAIT_MS_DEFAULT);
        const isSame = index === answer?.index && isOfThisRun(context, node);
        const mayWait = answer === undefined || (index !== undefined && isSame);
        if (mayWait && waitMs > 0)
          return answerLater(context, node, clients, { query, waitMs, pages });
        if (answer === undefined) throw new NotYetException(node);
        return context.body(await pages.page(answer), 200, JSON_TYPE);
      },
    )
    .get(
      "/services/:name/watch",
      validator("param", readServiceParam),
      validator("query", readServiceQuery),
      (context) => {
        const { tag, maxPhi, nearSelf } = context.req.valid("query");
        const service = context.req.valid("param").name;
        const query = { service, tag, maxPhi, nearSelf };
        return watchService(context, node, clients, { query, pages });
      },
    )
    .get("/sd/prometheus", validator("query", readTargetsQuery), (context) => {
      const targets = serviceTargets(node, context.req.valid("query").service);
      if (targets === undefined) throw new NotYetException(node);
      return sendJson(context, targets);
    })
    .get("/sd/prometheus/nodes", (context) => {
      if (directory.notYet !== null) throw new NotYetException(node);
      return sendJson(context, nodeTargets(node));
    })
    .put("/services/:name", limitBody(), validator("param", readServiceParam), async (context) => {
      const { name } = context.req.valid("param");
      const service = await readJsonBody(context, SERVICE_EXAMPLE, (raw) =>
        localServices.register(name, raw),
      );
      return context.json<RegisteredBody>({ v: 1, service });
    })
    .put(
      "/services/:name/heartbeat",
      limitBody(),
      validator("param", readServiceParam),
      async (context) => {
        const { name } = context.req.valid("param");
        const said = await readJsonBody(context, HEARTBEAT_EXAMPLE, readHeartbeat);
        const { result = "passed", output = result } = said;
        const service = localServices.hear(name, result, output);
        if (service === undefined) throw notOffered(node, name);
        return context.json<RegisteredBody>({ v: 1, service });
      },
    )
    .get("/checks", (context) =>
      context.json<ChecksBody>({ v: 1, self: identity.name, checks: localServices.checks() }),
    )
    .delete("/services/:name", validator("param", readServiceParam), (context) => {
      const { name } = context.req.valid("param");
      if (!localServices.withdraw(name)) throw notOffered(node, name);
      return context.json<WithdrawnBody>({ v: 1, withdrawn: name });
    });
}

/** The answer about a service that this node does not offer. */
export function notOffered({ identity }: NodeApi, name: string): HTTPException {
  return new HTTPException(404, { message: `${identity.name} offers no service ${name}` });
}

/** An index means nothing to another run of the process. */
function isOfThisRun(context: Context, { identity }: NodeApi): boolean {
  const known = context.req.header(START_ID_HEADER) ?? context.req.query("startId");
  return known === undefined || known === identity.startId;
}
