import type { Endpoint } from "../core/member.ts";
import type { DnsServer } from "../discovery/dns/dns-server.ts";
import { LoopLag } from "./loop-lag.ts";
import { ShortageWatch } from "./shortage-watch.ts";

/** Has what was opened closed with the rest, the last one first. */
export type CloseLater = (close: () => unknown) => void;

/** What a daemon and a guest both have. */
export interface CommonResources {
  /** Undefined where none is wanted. */
  readonly dns: DnsServer | undefined;
  readonly loopLag: LoopLag;
  readonly shortages: ShortageWatch;
}

/** What `open` opens, all of it or, when it fails, none. `close` gives all of it back. */
export async function openTogether<T>(
  open: (later: CloseLater) => Promise<T>,
): Promise<T & { close(): Promise<void> }> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await open((closer) => closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @throws ConfigError when the address for DNS cannot be taken */
export async function openCommon(
  dnsAt: Endpoint | null,
  later: CloseLater,
): Promise<CommonResources> {
  const dns = dnsAt === null ? undefined : await openDns(dnsAt);
  later(() => dns?.close());
  const loopLag = new LoopLag();
  later(() => loopLag.close());
  const shortages = new ShortageWatch();
  later(() => shortages.close());
  return { dns, loopLag, shortages };
}

/** The packet library is loaded only to serve DNS. */
async function openDns(endpoint: Endpoint): Promise<DnsServer> {
  const { openDnsServer } = await import("../discovery/dns/dns-server.ts");
  return openDnsServer(endpoint);
}
