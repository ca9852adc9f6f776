import { type ControlServer, openControlServer } from "../control/server.ts";
import { type Endpoint, formatEndpoint, type StartId } from "../core/member.ts";
import { openUdpTransport, type UdpTransport } from "../transport/udp-transport.ts";
import type { DaemonLog } from "./daemon-log.ts";
import { LoopLag } from "./loop-lag.ts";
import { SeedResolver } from "./seed-resolver.ts";
import { isWildcard } from "./settings/host-port.ts";
import type { DaemonSettings } from "./settings.ts";
import { type DataDirectory, openDataDirectory } from "./storage/data-directory.ts";

/** Everything a daemon has to take from the system, and give back. */
export interface DaemonResources {
  readonly directory: DataDirectory | undefined;
  readonly transport: UdpTransport;
  readonly api: ControlServer;
  readonly loopLag: LoopLag;
  readonly seeds: SeedResolver;
  /** What the seeds resolved to at the start. */
  readonly firstSeeds: readonly Endpoint[];
  /** What the others are told, ports filled in. */
  readonly endpoint: Endpoint;
  readonly apiAddress: string;
  close(): Promise<void>;
}

/** Takes them all or none. @throws ConfigError for what the operator can put right */
export async function openResources(
  settings: DaemonSettings,
  startId: StartId,
  log: DaemonLog,
): Promise<DaemonResources> {
  const closers: (() => void | Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return await openAll(settings, startId, log, closers, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function openAll(
  settings: DaemonSettings,
  startId: StartId,
  log: DaemonLog,
  closers: (() => void | Promise<void>)[],
  close: () => Promise<void>,
): Promise<DaemonResources> {
  const warn = (message: string) => log.note("warn", "warning", message);
  const directory =
    settings.dataDir === null ? undefined : await openDataDirectory(settings.dataDir);
  if (directory !== undefined) closers.push(() => directory.close());
  const { refusals } = settings.node;
  const transport = await openUdpTransport({ bind: settings.bind, refusals, onWarning: warn });
  closers.push(() => transport.close());
  const api = await openControlServer(settings.api, {
    startId,
    onFailure: (error, request) =>
      log.note("error", "request-failed", `${request}: ${error.stack ?? error.message}`),
  });
  closers.push(() => api.close());
  const endpoint = withPort(settings.advertise, transport.local.port);
  const seeds = new SeedResolver({
    seeds: settings.join,
    own: [endpoint, transport.local],
    onWarning: warn,
  });
  const firstSeeds = await seeds.resolveOrRefuse();
  const loopLag = new LoopLag();
  closers.push(() => loopLag.close());
  const apiHost = isWildcard(api.endpoint.host) ? endpoint.host : api.endpoint.host;
  const apiAddress = formatEndpoint({ host: apiHost, port: api.endpoint.port });
  return { directory, transport, api, loopLag, seeds, firstSeeds, endpoint, apiAddress, close };
}

function withPort(endpoint: Endpoint, boundPort: number): Endpoint {
  return endpoint.port === 0 ? { host: endpoint.host, port: boundPort } : endpoint;
}
