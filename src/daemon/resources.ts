import type { Endpoint, StartId } from "../core/member.ts";
import type { DnsServer } from "../discovery/dns/dns-server.ts";
import type { KeyStore } from "../keys/key-store.ts";
import type { Keyring } from "../keys/keyring.ts";
import { KeyringSeal } from "../keys/keyring-seal.ts";
import { openGossipPort } from "../transport/gossip-port.ts";
import type { UdpTransport } from "../transport/udp-transport.ts";
import type { TcpWiring } from "../transport/wiring/tcp-wiring.ts";
import { createHelloCodec } from "../wire/hello.ts";
import { type DaemonApi, openDaemonApi } from "./api/daemon-api.ts";
import type { DaemonLog } from "./daemon-log.ts";
import { LoopLag } from "./loop-lag.ts";
import { SeedResolver } from "./seed-resolver.ts";
import { apiAddressForOthers, boundApiAddress } from "./settings/api-address.ts";
import type { DaemonSettings } from "./settings.ts";
import { ShortageWatch } from "./shortage-watch.ts";
import { type DataDirectory, openDataDirectory } from "./storage/data-directory.ts";
import { openKeyStore } from "./storage/kept-keyring.ts";

/** Everything a daemon has to take from the system, and give back. */
export interface DaemonResources {
  readonly directory: DataDirectory | undefined;
  /** Undefined where gossip is in the clear. */
  readonly keyring: Keyring | undefined;
  /** The same with its file. */
  readonly keyStore: KeyStore | undefined;
  readonly transport: UdpTransport;
  readonly wiring: TcpWiring;
  /** Undefined where the settings want none. */
  readonly api: DaemonApi | undefined;
  /** Undefined where none is wanted. */
  readonly dns: DnsServer | undefined;
  readonly loopLag: LoopLag;
  readonly shortages: ShortageWatch;
  readonly seeds: SeedResolver;
  /** What the others are told, ports filled in. */
  readonly endpoint: Endpoint;
  /** The control API, for clients of this node. */
  readonly apiAddress: string | null;
  /** The same as the other members are told; null where it is not for them. */
  readonly apiAddressForOthers: string | null;
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
  if (directory?.warning !== undefined) warn(directory.warning);
  const keyStore = openKeyStore(settings, directory?.path, warn);
  const keyring = keyStore?.keyring;
  const { transport, wiring } = await openGossipPort({
    bind: settings.bind,
    refusals: settings.node.refusals,
    self: { name: settings.name, startId },
    codec: createHelloCodec(
      settings.cluster,
      keyring && new KeyringSeal({ keyring, purpose: "hello" }),
    ),
    onWarning: warn,
  });
  closers.push(() => Promise.all([transport.close(), wiring.close()]).then(() => undefined));
  const { api: address } = settings;
  const api =
    address === null ? undefined : await openDaemonApi({ ...settings, api: address }, startId, log);
  closers.push(() => api?.server.close());
  const dns = settings.dns === null ? undefined : await openDns(settings.dns);
  closers.push(() => dns?.close());
  const endpoint = withPort(settings.advertise, transport.local.port);
  const seeds = new SeedResolver({
    seeds: settings.join,
    own: [endpoint, transport.local],
    onWarning: warn,
  });
  const loopLag = new LoopLag();
  closers.push(() => loopLag.close());
  const shortages = new ShortageWatch();
  closers.push(() => shortages.close());
  return {
    directory,
    keyring,
    keyStore,
    transport,
    wiring,
    api,
    dns,
    loopLag,
    shortages,
    seeds,
    endpoint,
    apiAddress: api === undefined ? null : boundApiAddress(api.server.address, endpoint),
    apiAddressForOthers:
      api === undefined ? null : apiAddressForOthers(api.server.address, endpoint),
    close,
  };
}

/** The packet library is loaded only to serve DNS. @throws ConfigError when the address cannot be taken */
export async function openDns(endpoint: Endpoint): Promise<DnsServer> {
  const { openDnsServer } = await import("../discovery/dns/dns-server.ts");
  return openDnsServer(endpoint);
}

function withPort(endpoint: Endpoint, boundPort: number): Endpoint {
  return endpoint.port === 0 ? { host: endpoint.host, port: boundPort } : endpoint;
}
