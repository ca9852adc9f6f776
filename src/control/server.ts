import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { ConfigError } from "../core/errors.ts";
import { type Endpoint, formatEndpoint, type StartId } from "../core/member.ts";
import { type ErrorBody, START_ID_HEADER } from "./api-types.ts";
import type { NodeApi } from "./node-api.ts";
import { guardRequests } from "./request-guard.ts";
import { faultRoutes } from "./routes/faults.ts";
import { maintenanceRoutes } from "./routes/maintenance.ts";
import { messageRoutes } from "./routes/messages.ts";
import { healthRoutes, NotYetException, RETRY_LATER } from "./routes/readiness.ts";
import { readRoutes } from "./routes/reads.ts";
import { serviceRoutes } from "./routes/services.ts";
import { WaitingClients } from "./routes/waiting.ts";
import { writeRoutes } from "./routes/writes.ts";

/** How the control API is served. */
export interface ControlServerOptions {
  readonly startId: StartId;
  /** Names of this node beside `localhost` and its addresses; requests for others are refused. */
  readonly hosts?: readonly string[];
  /** Clients that may hold a connection open at the same time. */
  readonly clientsMax?: number;
  /** Told of a client that was cut off because it does not read. */
  readonly onDropped: (why: string) => void;
  /** Told of a request that failed by our own mistake. */
  readonly onFailure: (error: Error, request: string) => void;
}

/**
 * The HTTP server of the control API. It listens before there is a node, since the node tells its cluster the port, and
 * answers once `serve` was called.
 */
export interface ControlServer {
  /** As bound. */
  readonly endpoint: Endpoint;
  serve(node: NodeApi): void;
  /** Ends streams and long polls with what they are owed, then closes. */
  close(): Promise<void>;
}

const CLIENTS_MAX_DEFAULT = 4096;
const CLOSE_PATIENCE_MS = 250;
const CLOSE_SWEEP_MS = 10;
const STARTING: ErrorBody = {
  v: 1,
  error: "still starting; ask again in a moment",
  notYet: "joining",
};

/** @throws ConfigError when the address cannot be taken */
export async function openControlServer(
  endpoint: Endpoint,
  options: ControlServerOptions,
): Promise<ControlServer> {
  const clients = new WaitingClients({
    max: options.clientsMax ?? CLIENTS_MAX_DEFAULT,
    onDropped: options.onDropped,
  });
  let fetch = (_request: Request, _env: unknown): Response | Promise<Response> =>
    Response.json(STARTING, { status: 503, headers: RETRY_LATER });
  const listener = getRequestListener((request, env) => fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const server = createServer((incoming, outgoing) => {
    outgoing.setHeader(START_ID_HEADER, options.startId);
    void listener(incoming, outgoing);
  });
  await listen(server, endpoint);
  return {
    endpoint: { host: endpoint.host, port: (server.address() as AddressInfo).port },
    serve: (node) => {
      const app = createApp(node, clients, endpoint.host, options);
      fetch = (request, env) => app.fetch(request, env as object);
    },
    close: () => close(server, clients),
  };
}

function createApp(
  node: NodeApi,
  clients: WaitingClients,
  boundHost: string,
  options: ControlServerOptions,
) {
  const app = new Hono();
  app.use(guardRequests(boundHost, options.hosts ?? []));
  app
    .route("/", healthRoutes(node))
    .route("/v1", readRoutes(node, clients))
    .route("/v1", serviceRoutes(node, clients))
    .route("/v1", maintenanceRoutes(node))
    .route("/v1", writeRoutes(node))
    .route("/v1", messageRoutes(node.messages, clients));
  app.route("/v1/faults", faultRoutes(node.faults));
  app.notFound((context) =>
    context.json<ErrorBody>(
      { v: 1, error: `no such resource: ${context.req.method} ${context.req.path}` },
      404,
    ),
  );
  app.onError((error, context) => {
    if (error instanceof HTTPException) {
      const headers = error.status === 503 ? RETRY_LATER : {};
      const body = error instanceof NotYetException ? error.body : undefined;
      return context.json<ErrorBody>(body ?? { v: 1, error: error.message }, error.status, headers);
    }
    if (error instanceof ConfigError)
      return context.json<ErrorBody>({ v: 1, error: error.message }, 400);
    // Who hung up in the middle of a request is no mistake of ours, and nobody reads the answer.
    if (context.req.raw.signal.aborted) return context.body(null, 400);
    options.onFailure(error, `${context.req.method} ${context.req.path}`);
    return context.json<ErrorBody>(
      { v: 1, error: "internal error; the node's log has the details" },
      500,
    );
  });
  return app;
}

function listen(server: Server, endpoint: Endpoint): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(`api: ${formatEndpoint(endpoint)} ${complaint(error)}`));
    });
    server.listen({ host: endpoint.host, port: endpoint.port, exclusive: true }, resolve);
  });
}

function complaint(error: NodeJS.ErrnoException): string {
  const remedy = "choose another with --api, or port 0 for any free one";
  if (error.code === "EADDRINUSE") return `is in use by another process; ${remedy}`;
  if (error.code === "EADDRNOTAVAIL") return `is not an address of this machine; ${remedy}`;
  if (error.code === "EACCES") return `may not be used by this user; ${remedy}`;
  return `cannot be listened on (${error.code ?? error.message}); ${remedy}`;
}

function close(server: Server, clients: WaitingClients): Promise<void> {
  clients.end();
  return new Promise((resolve) => {
    // A connection becomes idle when its answer is out, which is some turns from now.
    const sweep = setInterval(() => server.closeIdleConnections(), CLOSE_SWEEP_MS);
    const impatience = setTimeout(() => server.closeAllConnections(), CLOSE_PATIENCE_MS);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(impatience);
      resolve();
    });
  });
}
