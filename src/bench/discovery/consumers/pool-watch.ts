import { createSocket } from "node:dgram";
import { existsSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { text } from "node:stream/consumers";
import { srvQuery } from "./srv-query.ts";

/** Sizes of a pool as one consumer saw it; undefined where it got no answer, which drops nobody. */
type Look = () => Promise<number | undefined>;

const LOOK_MS = 10;
const PATIENCE_MS = 500;
const NOERROR = 0;
const NXDOMAIN = 3;

/** Looks at a pool again and again, and remembers how small it ever was. */
export class PoolWatch {
  least = Number.POSITIVE_INFINITY;
  last: number | undefined;
  private readonly look: Look;
  private timer: NodeJS.Timeout | undefined;

  constructor(look: Look) {
    this.look = look;
    this.next();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private next(): void {
    this.timer = setTimeout(async () => {
      this.last = await this.look().catch(() => undefined);
      if (this.last !== undefined) this.least = Math.min(this.least, this.last);
      if (this.timer !== undefined) this.next();
    }, LOOK_MS);
  }
}

/** Endpoints in an answer over DNS: none where there is no such name. */
export function overDns(dns: string, name: string): Look {
  const at = dns.lastIndexOf(":");
  return () =>
    new Promise((resolve) => {
      const socket = createSocket("udp4");
      const finish = (size: number | undefined) => {
        clearTimeout(timer);
        socket.close();
        resolve(size);
      };
      const timer = setTimeout(finish, PATIENCE_MS, undefined);
      socket.on("error", () => finish(undefined));
      socket.on("message", (response) => {
        const code = response.readUInt16BE(2) & 0xf;
        if (code === NOERROR) finish(response.readUInt16BE(6));
        else finish(code === NXDOMAIN ? 0 : undefined);
      });
      socket.connect(Number(dns.slice(at + 1)), dns.slice(0, at), () =>
        socket.send(srvQuery(name)),
      );
    });
}

/** Items that `count` finds in an answer over HTTP; another status than 200 is no answer. */
export function overHttp(url: string, count: (body: never) => number): Look {
  return () =>
    new Promise((resolve) => {
      const request = get(url, { agent: false, timeout: PATIENCE_MS }, (response) => {
        text(response).then(
          (body) =>
            resolve(response.statusCode === 200 ? count(JSON.parse(body) as never) : undefined),
          () => resolve(undefined),
        );
      });
      request.on("timeout", () => request.destroy());
      request.on("error", () => resolve(undefined));
    });
}

/** Lines of a file that a template fills, but its last. */
export function inFile(path: string): Look {
  return async () =>
    existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : undefined;
}
