import { Agent, request as requestHttp } from "node:http";
import { ConfigError } from "../../core/errors.ts";
import { UNIX_SCHEME } from "../api-address.ts";

/** A control API, by what a client is given. */
export interface ClientTarget {
  /** `http://host:port`, `https://host:port` or `unix:/path`. */
  readonly url: string;
  /** What paths of requests are resolved against. */
  readonly base: URL;
  readonly socketPath: string | undefined;
}

/**
 * The control API at `http://host:port`, `https://host:port`, `host:port`, `:port` of this machine or `unix:/path`.
 *
 * @param source what gave the text, for the complaint
 * @throws ConfigError for anything else
 */
export function parseTarget(text: string, source = "attach"): ClientTarget {
  const socketPath = text.startsWith(UNIX_SCHEME) ? text.slice(UNIX_SCHEME.length) : undefined;
  if (socketPath) return { url: text, base: new URL("http://localhost"), socketPath };
  const withHost = text.startsWith(":") ? `127.0.0.1${text}` : text;
  const full = withHost.includes("://") ? withHost : `http://${withHost}`;
  const base = URL.canParse(full) ? new URL(full) : undefined;
  const isHttp = base?.protocol === "http:" || base?.protocol === "https:";
  if (
    socketPath !== "" &&
    base !== undefined &&
    isHttp &&
    base.hostname !== "" &&
    /^\/?$/.test(base.pathname)
  ) {
    return { url: base.origin, base, socketPath: undefined };
  }
  throw new ConfigError(
    `${source}: ${JSON.stringify(text)} is not the address of a control API; use one such as http://127.0.0.1:7373, ` +
      "127.0.0.1:7373 or unix:/run/hearsay/api.sock",
  );
}

/** The URL of another member's API, which is served as that of `url` is. */
export function targetBeside(url: string, api: string): string {
  return url.startsWith("https:") && !api.startsWith(UNIX_SCHEME) ? `https://${api}` : api;
}

/** What sends the requests of one client. */
export interface Requester {
  readonly request: typeof requestHttp;
  readonly agent: Agent;
}

/** TLS is loaded only where it is used. */
export async function openRequester(
  { base }: ClientTarget,
  ca: string | undefined,
): Promise<Requester> {
  if (base.protocol === "http:") {
    return { request: requestHttp, agent: new Agent({ keepAlive: true }) };
  }
  const https = await import("node:https");
  const { rootCertificates } = await import("node:tls");
  const trusted = ca === undefined ? {} : { ca: [...rootCertificates, ca] };
  return { request: https.request, agent: new https.Agent({ keepAlive: true, ...trusted }) };
}

/** In plain words, where the system's own would be a riddle: what is wrong, and what to do about it where that is special. */
export function explainFailure(
  { base, socketPath }: ClientTarget,
  code: string | undefined,
): { readonly why: string; readonly remedy?: string } | undefined {
  switch (code) {
    case "ECONNREFUSED":
      return { why: "nothing listens there" };
    case "ENOENT":
      return socketPath === undefined ? undefined : { why: "there is no such socket" };
    case "EACCES":
      if (socketPath === undefined) return undefined;
      return {
        why: "this user may not use the socket",
        remedy: "ask as the user who runs the node",
      };
    case "ECONNRESET":
      return {
        why: "it closed the connection without an answer",
        remedy: "if it is a node with a certificate, ask it by https://",
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { why: `no address was found for the host name "${base.hostname}"` };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { why: "there is no route to it" };
    case "CERT_HAS_EXPIRED":
      return { why: "its certificate has expired", remedy: "put a new one in place at the node" };
    case "CERT_NOT_YET_VALID":
      return {
        why: "its certificate is not valid yet",
        remedy: "compare the clocks of both machines",
      };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return {
        why: `its certificate is not for "${base.hostname.replace(/^\[(.*)\]$/, "$1")}"`,
        remedy: "ask it by a name that is in its certificate",
      };
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
      return {
        why: "its certificate is of an authority that is not trusted here",
        remedy: "name the authority's certificate with --ca-file or HEARSAY_CA_FILE",
      };
    case "EPROTO":
    case "ERR_SSL_WRONG_VERSION_NUMBER":
    case "ERR_SSL_PACKET_LENGTH_TOO_LONG":
      return { why: "it does not answer by TLS", remedy: "ask it by http://" };
  }
  return undefined;
}
