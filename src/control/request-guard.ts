import { isIP, isIPv4 } from "node:net";
import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/**
 * Keeps web pages out. A page whose name was re-pointed to this machine still sends its own name as `Host`; a page that
 * posts here from elsewhere sends its `Origin`. Neither is ever sent by a tool, so both are refused.
 *
 * @param boundHost the numeric address that the server listens on
 */
export function guardRequests(boundHost: string): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header("host");
    if (host === undefined || !mayBeAsked(hostNameOf(host), boundHost)) {
      throw new HTTPException(403, {
        message: `Host "${host ?? ""}" is not an address of this node; ask it as ${urlHost(boundHost)} or localhost`,
      });
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

function mayBeAsked(host: string, boundHost: string): boolean {
  if (host === "localhost" || host === boundHost || host === "::1") return true;
  if (isIPv4(host) && host.startsWith("127.")) return true;
  // Bound to all addresses, it is reached by any numeric one; names stay refused, as only names can be re-pointed.
  return (boundHost === "0.0.0.0" || boundHost === "::") && isIP(host) !== 0;
}

function hostNameOf(host: string): string {
  const text = `http://${host}`;
  if (!URL.canParse(text)) return "";
  return new URL(text).hostname.replace(/^\[(.*)\]$/, "$1");
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
