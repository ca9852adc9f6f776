import { isIP, isIPv4 } from "node:net";
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/**
 * Keeps web pages out. A page whose name was re-pointed to this machine still sends its own name as `Host`; a page that
 * posts here from elsewhere sends its `Origin`. Both are refused. A tool sends the name that it was given, so the operator
 * says which names are this node's.
 *
 * @param boundHost the numeric address that the server listens on
 * @param names further names and addresses of this node; `*.example.net` stands for all names below it
 */
export function guardRequests(boundHost: string, names: readonly string[]): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host") ?? "";
    const asked = hostNameOf(host);
    if (!isOwnAddress(asked, boundHost) && !names.some((name) => fits(asked, name))) {
      throw new HTTPException(403, { message: whyNot(host, asked, boundHost) });
    }
    const origin = context.req.header("origin");
    if (origin !== undefined && origin !== `http://${host}`) {
      throw new HTTPException(403, {
        message: `requests from web pages (Origin "${origin}") are refused`,
      });
    }
    await next();
  };
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
