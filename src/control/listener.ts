import { lstatSync, unlinkSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { ConfigError } from "../core/errors.ts";
import type { Millis } from "../core/member.ts";
import { type ApiAddress, formatApiAddress, isSocketPath, type SocketPath } from "./api-address.ts";
import type { RefusalReason } from "./refused-clients.ts";

/** A certificate with its chain, and its private key, as PEM. */
export interface TlsIdentity {
  readonly cert: string;
  readonly key: string;
}

/** What a listener is made of. */
export interface ListenerOptions {
  readonly address: ApiAddress;
  /** Plain HTTP without. */
  readonly tls?: TlsIdentity | undefined;
  readonly onRequest: RequestListener;
  /** Called with the reason when a client was cut off because it does not read. */
  readonly onUnread: (why: string) => void;
  readonly onRefused: (reason: RefusalReason) => void;
  /** How long a client may read nothing of what it is sent: 30 s unless given. */
  readonly unreadMsMax?: Millis;
}

/** An HTTP server that listens. */
export interface Listener {
  /** As bound. */
  readonly address: ApiAddress;
  readonly isTls: boolean;
  /** From now on shows this certificate; only where there was one. */
  renew(tls: TlsIdentity): void;
  /** Stops listening, and resolves once every connection has ended, which `impatienceMs` bounds. */
  close(impatienceMs: Millis): Promise<void>;
}

/** Open connections; each costs a file. */
export const CONNECTIONS_MAX = 8192;
/** Of the head of a request, and of the whole of it. */
const HEAD_MS_MAX: Millis = 10_000;
const REQUEST_MS_MAX: Millis = 30_000;
export const HEAD_BYTES_MAX = 16 * 1024;
/** How long a client may read nothing of what it is sent. */
export const UNREAD_MS_MAX: Millis = 30_000;
const CHECK_EVERY_MS: Millis = 5_000;
const CLOSE_SWEEP_MS: Millis = 10;
/** The permissions that others must not have: read, write and search. */
const FOR_OWNER_ALONE = 0o177;

const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: HEAD_MS_MAX,
  requestTimeout: REQUEST_MS_MAX,
  connectionsCheckingInterval: CHECK_EVERY_MS,
  maxHeaderSize: HEAD_BYTES_MAX,
};

/** @throws ConfigError when the address cannot be taken */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { address, tls } = options;
  const answering = new Set<Socket>();
  const onRequest: RequestListener = (incoming, outgoing) => {
    answering.add(incoming.socket);
    outgoing.once("close", () => answering.delete(incoming.socket));
    options.onRequest(incoming, outgoing);
  };
  const server = await createFor(tls, onRequest);
  guardConnections(server, answering, options);
  if (isSocketPath(address)) await listenAtPath(server, address);
  else await listen(server, address, { ...address, exclusive: true });
  return {
    address: isSocketPath(address)
      ? address
      : { host: address.host, port: (server.address() as AddressInfo).port },
    isTls: tls !== undefined,
    renew: (renewed) => {
      if ("setSecureContext" in server) (server as TlsServer).setSecureContext(renewed);
    },
    close: (impatienceMs) => close(server, impatienceMs),
  };
}

type TlsServer = Server & { setSecureContext(identity: TlsIdentity): void };

/** TLS is loaded only where it is used. */
async function createFor(tls: TlsIdentity | undefined, onRequest: RequestListener) {
  if (tls === undefined) return createServer(SERVER_OPTIONS, onRequest);
  const https = await import("node:https");
  return https.createServer(
    { ...SERVER_OPTIONS, ...tls, handshakeTimeout: HEAD_MS_MAX },
    onRequest,
  );
}

/** Bounds what clients can hold, and counts those that are refused. */
function guardConnections(
  server: Server,
  answering: ReadonlySet<Socket>,
  { onUnread, onRefused, unreadMsMax = UNREAD_MS_MAX }: ListenerOptions,
): void {
  server.maxConnections = CONNECTIONS_MAX;
  server.on("drop", () => onRefused("too-many"));
  // Nothing moved on the connection for a while: an idle one ends, as without this listener; one that waits for an
  // answer may wait on; one with an answer under way does not read.
  server.setTimeout(unreadMsMax, (socket) => {
    if (answering.has(socket) && socket.writableLength === 0) return;
    if (answering.has(socket)) {
      onUnread(`a client read nothing of its answer for ${unreadMsMax / 1000} s`);
    }
    socket.destroy();
  });
  server.on("clientError", (error: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket;
    const { status, reason } = explain(error.code);
    if (error.code !== "ECONNRESET") onRefused(reason);
    if (status === undefined || !socket.writable || answering.has(socket)) socket.destroy();
    else socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => socket.destroy());
  });
}

/** The answers that Node itself gives to malformed requests; without a status, nothing is answered. */
function explain(code = ""): { status?: string; reason: RefusalReason } {
  if (/^(ERR_SSL|ERR_TLS|EPROTO)/.test(code)) return { reason: "tls" };
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return { status: "431 Request Header Fields Too Large", reason: "too-large" };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: "413 Payload Too Large", reason: "too-large" };
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: "408 Request Timeout", reason: "too-slow" };
    default:
      return { status: "400 Bad Request", reason: "malformed" };
  }
}

/** The longest path that the address of a Unix socket holds. The system would silently cut a longer one. */
const PATH_BYTES_MAX = process.platform === "linux" ? 107 : 103;

/** Listens at a path that this user alone may use. What a daemon left there that is no more is replaced. */
async function listenAtPath(server: Server, address: SocketPath): Promise<void> {
  const bytes = Buffer.byteLength(address.path);
  if (bytes > PATH_BYTES_MAX) {
    throw new ConfigError(
      `api: ${formatApiAddress(address)} has ${bytes} bytes after unix:; a socket's path has at most ${PATH_BYTES_MAX}`,
    );
  }
  await removeAbandoned(address.path);
  const before = process.umask(FOR_OWNER_ALONE);
  try {
    // The socket is bound, and its mode set, before this returns its promise.
    const listening = listen(server, address, { path: address.path });
    process.umask(before);
    await listening;
  } finally {
    process.umask(before);
  }
}

/** Removes a socket that no process listens on any more, so that the path can be bound again. */
async function removeAbandoned(path: string): Promise<void> {
  if (!isSocket(path)) return;
  const isAbandoned = await new Promise<boolean>((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => resolve(false));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
    socket.once("close", () => socket.destroy()).once("connect", () => socket.destroy());
  });
  if (isAbandoned) unlinkSync(path);
}

function isSocket(path: string): boolean {
  try {
    return lstatSync(path).isSocket();
  } catch {
    // Whatever is wrong there, listening reports it.
    return false;
  }
}

function listen(
  server: Server,
  address: ApiAddress,
  where: Parameters<Server["listen"]>[0],
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new ConfigError(`api: ${formatApiAddress(address)} ${complaint(error, address)}`));
    });
    server.listen(where, resolve);
  });
}

function complaint(error: NodeJS.ErrnoException, address: ApiAddress): string {
  if (isSocketPath(address)) return pathComplaint(error);
  const remedy = "choose another with --api, or port 0 for any free one";
  if (error.code === "EADDRINUSE") return `is in use by another process; ${remedy}`;
  if (error.code === "EADDRNOTAVAIL") return `is not an address of this machine; ${remedy}`;
  if (error.code === "EACCES") return `may not be used by this user; ${remedy}`;
  return `cannot be listened on (${error.code ?? error.message}); ${remedy}`;
}

function pathComplaint({ code, message }: NodeJS.ErrnoException): string {
  const remedy = "choose another path with --api unix:/path";
  if (code === "EADDRINUSE") {
    return `is in use by another process, or is not a socket; ${remedy}`;
  }
  // libuv reports a missing directory as EACCES, too.
  if (code === "EACCES" || code === "ENOENT") {
    return `cannot be made; its directory must exist and be writable for this user; or ${remedy}`;
  }
  return `cannot be listened on (${code ?? message}); ${remedy}`;
}

function close(server: Server, impatienceMs: Millis): Promise<void> {
  return new Promise((resolve) => {
    // A connection becomes idle when its answer is out, which is some turns from now.
    const sweep = setInterval(() => server.closeIdleConnections(), CLOSE_SWEEP_MS);
    const impatience = setTimeout(() => server.closeAllConnections(), impatienceMs);
    server.close(() => {
      clearInterval(sweep);
      clearTimeout(impatience);
      resolve();
    });
  });
}
