import { type Endpoint, formatEndpoint, type MemberName, type StartId } from "../core/member.ts";
import type { DaemonResources } from "./resources.ts";
import type { DaemonSettings } from "./settings.ts";

/** The addresses and identity that a daemon came up with. */
export interface DaemonReady {
  readonly name: MemberName;
  readonly startId: StartId;
  /** Gossip address as bound. */
  readonly endpoint: Endpoint;
  /** The same as `host:port`. */
  readonly address: string;
  /** Control API as `host:port`; null where the settings want none. */
  readonly api: string | null;
  readonly apiUrl: string | null;
  /** DNS as `host:port`, where it is served. */
  readonly dns: string | null;
  readonly pid: number;
}

export function describeReady(
  settings: DaemonSettings,
  resources: DaemonResources,
  startId: StartId,
): DaemonReady {
  const { endpoint, api } = resources;
  const apiAddress = api === undefined ? null : formatEndpoint(api.endpoint);
  return {
    name: settings.name,
    startId,
    endpoint,
    address: formatEndpoint(endpoint),
    api: apiAddress,
    apiUrl: apiAddress === null ? null : `http://${apiAddress}`,
    dns: resources.dns === undefined ? null : formatEndpoint(resources.dns.endpoint),
    pid: process.pid,
  };
}

/** The line with which a daemon says that it is in business. */
export function readyText(ready: DaemonReady, resources: DaemonResources): string {
  const { name, address, dns, pid } = ready;
  const dnsText = dns === null ? "" : `, DNS ${dns}`;
  return `${name} is ready: gossip ${address}, ${apiText(resources)}${dnsText}, pid ${pid}`;
}

function apiText({ api, apiAddressForOthers }: DaemonResources): string {
  if (api === undefined) return "no API";
  const where = apiAddressForOthers === null ? " (for this machine alone)" : "";
  return `API http://${formatEndpoint(api.endpoint)}${where}`;
}
