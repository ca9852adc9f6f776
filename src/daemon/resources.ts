import type { Endpoint, StartId } from "../core/member.ts";
import type { KeyStore } from "../keys/key-store.ts";
import type { Keyring } from "../keys/keyring.ts";
import { KeyringSeal } from "../keys/keyring-seal.ts";
import { openGossipPort } from "../transport/gossip-port.ts";
import type { UdpTransport } from "../transport/udp-transport.ts";
import type { TcpWiring } from "../transport/wiring/tcp-wiring.ts";
import { createHelloCodec } from "../wire/hello.ts";
import { type DaemonApi, openDaemonApi } from "./api/daemon-api.ts";
import type { DaemonLog } from "./daemon-log.ts";
import {
  type CloseLater,
  type CommonResources,
  openCommon,
  openTogether,
} from "./open-together.ts";
import { SeedResolver } from "./seed-resolver.ts";
import { apiAddressForOthers, boundApiAddress } from "./settings/api-address.ts";
import type { DaemonSettings } from "./settings.ts";
import { type DataDirectory, openDataDirectory } from "./storage/data-directory.ts";
import { openKeyStore } from "./storage/kept-keyring.ts";

/** Everything a daemon has to take from the system, and give back. */
export interface DaemonResources extends CommonResources {
  readonly directory: DataDirectory | undefined;
  /** Undefined where gossip is in the clear. */
  readonly keyring: Keyring | undefined;
  /** The same with its file. */
  readonly keyStore: KeyStore | undefined;
  readonly transport: UdpTransport;
  readonly wiring: TcpWiring;
  /** Undefined where the settings want none. */
  readonly api: DaemonApi | undefined;
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
export function openResources(
  settings: DaemonSettings,
  startId: StartId,
  log: DaemonLog,
): Promise<DaemonResources> {
  return openTogether((later) => openAll(settings, startId, log, later));
}

async function openAll(
  settings: DaemonSettings,
  startId: StartId,
  log: DaemonLog,
  later: CloseLater,
): Promise<Omit<DaemonResources, "close">> {
  const warn = (message: string) => log.note("warn", "warning", message);
  const directory =
    settings.dataDir === null ? undefined : await openDataDirectory(settings.dataDir);
  if (directory !== undefined) later(() => directory.close());
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
  later(() => Promise.all([transport.close(), wiring.close()]));
  const { api: address } = settings;
  const api =
    address === null ? undefined : await openDaemonApi({ ...settings, api: address }, startId, log);
  later(() => api?.server.close());
  const common = await openCommon(settings.dns, later);
  const endpoint = withPort(settings.advertise, transport.local.port);
  const seeds = new SeedResolver({
    seeds: settings.join,
    own: [endpoint, transport.local],
    onWarning: warn,
  });
  return {
    directory,
    keyring,
    keyStore,
    transport,
    wiring,
    api,
    ...common,
    seeds,
    endpoint,
    apiAddress: api === undefined ? null : boundApiAddress(api.server.address, endpoint),
    apiAddressForOthers:
      api === undefined ? null : apiAddressForOthers(api.server.address, endpoint),
  };
}

function withPort(endpoint: Endpoint, boundPort: number): Endpoint {
  return endpoint.port === 0 ? { host: endpoint.host, port: boundPort } : endpoint;
}
