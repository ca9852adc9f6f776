import { isIP, isIPv4 } from "node:net";
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { type ApiAddress, isSocketPath } from "./api-address.ts";
import type { RefusedClients } from "./refused-clients.ts";

/** What requests are checked against. */
export interface GuardOptions {
  readonly address: ApiAddress;
  readonly isTls: boolean;
  /** Further names and addresses of this node; `*.example.net` stands for all names below it. */
  readonly names: readonly string[];
  readonly refused: RefusedClients;
}

/** Types of bodies that a form of any web page may post. The third is left out: `curl -d` sends that, and no Origin. */
const FORM_TYPE = /^(text\/|multipart\/)/i;

/**
 * Keeps web pages out. A page whose name was re-pointed to this machine still sends its own name as `Host`; a page that
 * asks from elsewhere sends its `Origin`, or its browser says so in `Sec-Fetch-Site`. All are refused. A tool sends the name
 * that it was given, so the operator says which names are this node's. No browser reaches a Unix socket, so any `Host` goes there.
 */
export function guardRequests(options: GuardOptions): MiddlewareHandler {
  const { address, isTls, refused } = options;
  return async ({ req }, next) => {
    const host = req.header("host") ?? "";
    const foreign = isSocketPath(address) ? undefined : foreignHost(host, address.host, options);
    if (foreign !== undefined) {
      refused.note("host");
      throw new HTTPException(403, { message: foreign });
    }
    const page = fromWebPage(
      `${isTls ? "https" : "http"}://${host}`,
      req.header("origin"),
      req.header("sec-fetch-site"),
    );
    if (page !== undefined) {
      refused.note("web-page");
      throw new HTTPException(403, { message: page });
    }
    const type = req.header("content-type") ?? "";
    if (req.method === "POST" && FORM_TYPE.test(type)) {
      refused.note("web-page");
      throw new HTTPException(415, {
        message: `a body of type ${JSON.stringify(type)} is refused; send application/json`,
      });
    }
    await next();
  };
}

/** Why the name that was asked for is refused; undefined where it is this node's. */
function foreignHost(host: string, boundHost: string, { names }: GuardOptions): string | undefined {
  const asked = hostNameOf(host);
  const isOurs = isOwnAddress(asked, boundHost) || names.some((name) => fits(asked, name));
  return isOurs ? undefined : whyNot(host, asked, boundHost);
}

/** Why a request that a web page makes is refused; undefined where none does, or one of this node's own address. */
function fromWebPage(
  own: string,
  origin: string | undefined,
  site: string | undefined,
): string | undefined {
  if (origin !== undefined && origin !== own) {
    return `requests from web pages (Origin "${origin}") are refused`;
  }
  if (site === "cross-site" || site === "same-site") {
    return `requests from web pages (Sec-Fetch-Site "${site}") are refused`;
  }
  return undefined;
}

function isOwnAddress(host: string, boundHost: string): boolean {
  if (host === "localhost" || host === boundHost || host === "::1") return true;
  if (isIPv4(host) && host.startsWith("127.")) return true;
  // Bound to all addresses, it is reached by any numeric one; names stay refused, as only names can be re-pointed.
  return isOnAll(boundHost) && isIP(host) !== 0;
}

function fits(host: string, name: string): boolean {
  return name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name;
}

function whyNot(host: string, asked: string, boundHost: string): string {
  const sent = `Host ${JSON.stringify(host)}`;
  const otherwise = isOnAll(boundHost)
    ? "ask it by a numeric address"
    : `ask it as ${urlHost(boundHost)} or localhost`;
  if (asked === "") return `${sent} is not a host name; ${otherwise}`;
  return (
    `${sent} is not an address of this node, and any web page could send it; if it is a name of this node, start it with ` +
    `--api-host ${asked} (apiHost in its config, HEARSAY_API_HOST), else ${otherwise}`
  );
}

/** The name or the address without its port, in the one spelling that is compared; empty where it is neither. */
function hostNameOf(host: string): string {
  const text = `http://${host}`;
  if (!URL.canParse(text)) return "";
  return new URL(text).hostname.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

function isOnAll(boundHost: string): boolean {
  return boundHost === "0.0.0.0" || boundHost === "::";
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
