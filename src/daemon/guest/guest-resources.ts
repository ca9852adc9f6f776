import type { StartId } from "../../core/member.ts";
import { type GrafanaTransport, openGrafanaTransport } from "../../pool/host/grafana-transport.ts";
import { ViewQueue } from "../../pool/host/view-queue.ts";
import { openUdpTransport, type UdpTransport } from "../../transport/udp-transport.ts";
import { type DaemonApi, openDaemonApi } from "../api/daemon-api.ts";
import type { DaemonLog } from "../daemon-log.ts";
import { type CommonResources, openCommon, openTogether } from "../open-together.ts";
import { SeedResolver } from "../seed-resolver.ts";
import { type FirstContact, viewsOf } from "./first-contact.ts";
import type { GuestSettings } from "./guest-settings.ts";

/** Everything a guest has to take from the system, and give back. */
export interface GuestResources extends CommonResources {
  readonly transport: UdpTransport | GrafanaTransport;
  readonly views: ViewQueue;
  readonly api: DaemonApi;
  readonly seeds: SeedResolver;
  close(): Promise<void>;
}

/** Takes them all or none. @throws ConfigError for what the operator can put right */
export function openGuestResources(
  settings: GuestSettings,
  { local, isGrafana }: FirstContact,
  startId: StartId,
  log: DaemonLog,
): Promise<GuestResources> {
  const warn = (message: string) => log.note("warn", "warning", message);
  return openTogether(async (later) => {
    const bind = settings.bind ?? { host: local, port: 0 };
    const transport = isGrafana
      ? await openGrafanaTransport(bind)
      : await openUdpTransport({ bind, onWarning: warn });
    later(() => transport.close());
    const api = await openDaemonApi(settings, startId, log);
    later(() => api.server.close());
    const common = await openCommon(settings.dns, later);
    const views = new ViewQueue(viewsOf(settings, isGrafana));
    later(() => views.close());
    const seeds = new SeedResolver({
      seeds: settings.addresses,
      own: [transport.local],
      onWarning: warn,
    });
    return { transport, views, api, ...common, seeds };
  });
}
