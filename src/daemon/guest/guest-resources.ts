import type { StartId } from "../../core/member.ts";
import type { DnsServer } from "../../discovery/dns/dns-server.ts";
import { type GrafanaTransport, openGrafanaTransport } from "../../pool/host/grafana-transport.ts";
import { ViewQueue } from "../../pool/host/view-queue.ts";
import { openUdpTransport, type UdpTransport } from "../../transport/udp-transport.ts";
import { type DaemonApi, openDaemonApi } from "../api/daemon-api.ts";
import type { DaemonLog } from "../daemon-log.ts";
import { LoopLag } from "../loop-lag.ts";
import { openDns } from "../resources.ts";
import { SeedResolver } from "../seed-resolver.ts";
import { ShortageWatch } from "../shortage-watch.ts";
import { type FirstContact, viewsOf } from "./first-contact.ts";
import type { GuestSettings } from "./guest-settings.ts";

/** Everything a guest has to take from the system, and give back. */
export interface GuestResources {
  readonly transport: UdpTransport | GrafanaTransport;
  readonly views: ViewQueue;
  readonly api: DaemonApi;
  readonly dns: DnsServer | undefined;
  readonly loopLag: LoopLag;
  readonly shortages: ShortageWatch;
  readonly seeds: SeedResolver;
  close(): Promise<void>;
}

/** Takes them all or none. @throws ConfigError for what the operator can put right */
export async function openGuestResources(
  settings: GuestSettings,
  { local, isGrafana }: FirstContact,
  startId: StartId,
  log: DaemonLog,
): Promise<GuestResources> {
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const warn = (message: string) => log.note("warn", "warning", message);
  try {
    const bind = settings.bind ?? { host: local, port: 0 };
    const transport = isGrafana
      ? await openGrafanaTransport(bind)
      : await openUdpTransport({ bind, onWarning: warn });
    closers.push(() => transport.close());
    const api = await openDaemonApi(settings, startId, log);
    closers.push(() => api.server.close());
    const dns = settings.dns === null ? undefined : await openDns(settings.dns);
    closers.push(() => dns?.close());
    const views = new ViewQueue(viewsOf(settings, isGrafana));
    closers.push(() => views.close());
    const loopLag = new LoopLag();
    closers.push(() => loopLag.close());
    const shortages = new ShortageWatch();
    closers.push(() => shortages.close());
    const seeds = new SeedResolver({
      seeds: settings.addresses,
      own: [transport.local],
      onWarning: warn,
    });
    return { transport, views, api, dns, loopLag, shortages, seeds, close };
  } catch (error) {
    await close();
    throw error;
  }
}
