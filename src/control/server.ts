import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { ConfigError } from "../core/errors.ts";
import type { StartId } from "../core/member.ts";
import { ApiTokens, requireToken } from "./access.ts";
import type { ApiAddress } from "./api-address.ts";
import { type ErrorBody, START_ID_HEADER } from "./api-types.ts";
import { type Listener, openListener, type TlsIdentity } from "./listener.ts";
import type { NodeApi } from "./node-api.ts";
import { type RefusalReason, RefusedClients } from "./refused-clients.ts";
import { guardRequests } from "./request-guard.ts";
import { faultRoutes } from "./routes/faults.ts";
import { keyRoutes } from "./routes/keys.ts";
import { maintenanceRoutes } from "./routes/maintenance.ts";
import { messageRoutes } from "./routes/messages.ts";
import { PageMaker } from "./routes/page-maker.ts";
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
  /** Tokens to ask for; none unless given. They may change while it serves. */
  readonly tokens?: ApiTokens;
  /** Serves HTTPS. */
  readonly tls?: TlsIdentity | undefined;
  /** Clients that may hold a connection open at the same time. */
  readonly clientsMax?: number;
  /** Called with the reason when a client was cut off because it does not read. */
  readonly onDropped: (why: string) => void;
  /** Called when clients were refused: at once for the first, then at most once a minute. */
  readonly onRefused?: (reason: RefusalReason, count: number) => void;
  /** Called when a request failed because of a bug of ours. */
  readonly onFailure: (error: Error, request: string) => void;
}

/**
 * The HTTP server of the control API. It listens before there is a node, since the node tells its cluster the port, and
 * answers once `serve` was called.
 */
export interface ControlServer extends Pick<Listener, "address" | "isTls" | "renew"> {
  serve(node: NodeApi): void;
  /** Ends streams and long polls with what they are owed, then closes. */
  close(): Promise<void>;
}

/** Clients that may wait at the same time. */
export const CLIENTS_MAX = 4096;
const CLOSE_PATIENCE_MS = 250;
const STARTING: ErrorBody = {
  v: 1,
  error: "still starting; ask again in a moment",
  notYet: "joining",
};

/** @throws ConfigError when the address cannot be taken */
export async function openControlServer(
  address: ApiAddress,
  options: ControlServerOptions,
): Promise<ControlServer> {
  const refused = new RefusedClients((reason, count) => options.onRefused?.(reason, count));
  const clients = new WaitingClients({
    max: options.clientsMax ?? CLIENTS_MAX,
    onDropped: options.onDropped,
    refused,
  });
  let fetch = (_request: Request, _env: unknown): Response | Promise<Response> =>
    Response.json(STARTING, { status: 503, headers: RETRY_LATER });
  const answer = getRequestListener((request, env) => fetch(request, env), {
    overrideGlobalObjects: false,
  });
  const listener = await openListener({
    address,
    tls: options.tls,
    onRequest: (incoming, outgoing) => {
      outgoing.setHeader(START_ID_HEADER, options.startId);
      void answer(incoming, outgoing);
    },
    onUnread: (why) => clients.noteDropped(why),
    onRefused: (reason) => refused.note(reason),
  });
  return {
    address: listener.address,
    isTls: listener.isTls,
    renew: (tls) => listener.renew(tls),
    serve: (node) => {
      const app = createApp(node, clients, listener, options);
      fetch = (request, env) => app.fetch(request, env as object);
    },
    close: () => {
      clients.end();
      return listener.close(CLOSE_PATIENCE_MS);
    },
  };
}

function createApp(
  node: NodeApi,
  clients: WaitingClients,
  { address, isTls }: Listener,
  { hosts = [], tokens = new ApiTokens(), onFailure }: ControlServerOptions,
) {
  const { refused } = clients;
  const app = new Hono();
  const maker = new PageMaker();
  app.use(guardRequests({ address, isTls, names: hosts, refused }));
  // An orchestrator has no token; it only learns whether this node lives.
  app
    .route("/", healthRoutes(node))
    .use(requireToken(tokens, refused))
    .route("/v1", readRoutes(node, clients, maker))
    .route("/v1", serviceRoutes(node, clients, maker))
    .route("/v1", maintenanceRoutes(node))
    .route("/v1", writeRoutes(node))
    .route("/v1", messageRoutes(node.messages, clients));
  app.route("/v1/keys", keyRoutes(node.keys, clients));
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
    // A client that hung up during its request is not a bug of ours, and nothing reads the answer.
    if (context.req.raw.signal.aborted) return context.body(null, 400);
    onFailure(error, `${context.req.method} ${context.req.path}`);
    return context.json<ErrorBody>(
      { v: 1, error: "internal error; the node's log has the details" },
      500,
    );
  });
  return app;
}
