import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIP, isIPv6 } from "node:net";
import { ConditionNotMetError } from "../../core/errors.ts";
import { type Endpoint, formatEndpoint } from "../../core/member.ts";
import { kindOfMeta, type PoolKind } from "../../pool/host/dialect.ts";
import { fetchView, ViewFailure } from "../../pool/host/view-stream.ts";
import { GRAFANA_STREAM } from "../../pool/wire/grafana-packets.ts";
import type { PushPull } from "../../pool/wire/messages.ts";
import { canonicalAddress } from "../settings/host-port.ts";
import type { GuestSettings } from "./guest-settings.ts";

/** The member that answered first, and what it believes. */
export interface FirstContact {
  readonly endpoint: Endpoint;
  readonly view: PushPull;
  readonly kind: PoolKind;
  /** Whether packets are TCP connections, as with Loki, Mimir and Tempo. */
  readonly isGrafana: boolean;
  /** The address of this machine that leads to it. */
  readonly local: string;
}

/** Addresses that are tried at once; names stand for many. */
const TRIED_MAX = 8;

/** Members whose metadata tell of which engine the pool is: those of thousands take too long to read. */
const DECIDING_MAX = 50;

/**
 * Asks the given members for their view, and takes the first answer: what is wrong with the address,
 * the key or the label is known before anything is shown.
 *
 * @throws ConditionNotMetError of one sentence, within 3 s
 */
export async function makeContact(settings: GuestSettings): Promise<FirstContact> {
  const endpoints = await resolveAll(settings);
  const first = await contactBy(settings, endpoints, settings.pool === "grafana");
  if (!(first instanceof ViewFailure)) return first;
  // What hangs up may be of the other transport; a member logs such an attempt, so there is one.
  if (first.failure === "closed" && settings.pool === undefined) {
    const second = await contactBy(settings, endpoints, true);
    if (!(second instanceof ViewFailure)) return second;
  }
  throw new ConditionNotMetError(sentenceOf(first, endpoints, settings));
}

/** The first answer over that transport; where none comes, why not at the first address. */
async function contactBy(
  settings: GuestSettings,
  endpoints: readonly Endpoint[],
  isGrafana: boolean,
): Promise<FirstContact | ViewFailure> {
  const ending = new AbortController();
  const { signal } = ending;
  const fetch = viewsOf(settings, isGrafana);
  const tries = endpoints.slice(0, TRIED_MAX).map(async (endpoint) => {
    return { endpoint, view: await fetch(endpoint, signal) };
  });
  try {
    const { endpoint, view } = await Promise.any(tries);
    const kind = settings.pool ?? (isGrafana ? "grafana" : kindOf(view));
    return { endpoint, view, kind, isGrafana, local: await addressTowards(endpoint) };
  } catch (error) {
    const [first] = error instanceof AggregateError ? error.errors : [error];
    if (first instanceof ViewFailure) return first;
    throw first;
  } finally {
    ending.abort();
  }
}

/** How views are fetched over that transport. */
export function viewsOf({ security }: GuestSettings, isGrafana: boolean) {
  const preamble = isGrafana ? Uint8Array.of(GRAFANA_STREAM) : new Uint8Array();
  return (endpoint: Endpoint, signal: AbortSignal): Promise<PushPull> =>
    fetchView({ endpoint, security, preamble, signal });
}

async function resolveAll({ addresses }: GuestSettings): Promise<Endpoint[]> {
  const found = await Promise.all(
    addresses.map(async ({ host, port }) => {
      if (isIP(host) !== 0) return [{ host, port }];
      const all = await lookup(host, { all: true, order: "ipv4first" }).catch(() => []);
      return all.map(({ address }) => ({ host: canonicalAddress(address), port }));
    }),
  );
  const endpoints = found.flat();
  if (endpoints.length > 0) return endpoints;
  const [first] = addresses;
  throw new ConditionNotMetError(
    `there is no host called ${first?.host}; give the name or the address of a member`,
  );
}

/** Most of the first members decide: one of them may be configured otherwise. */
function kindOf({ members }: PushPull): PoolKind {
  const counts = new Map<PoolKind, number>();
  for (const { record, state } of members.slice(0, DECIDING_MAX)) {
    if (state === "dead" || state === "left") continue;
    const kind = kindOfMeta(record.meta);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? "memberlist";
}

/** The kernel chooses it; nothing is sent. */
async function addressTowards({ host, port }: Endpoint): Promise<string> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  try {
    socket.connect(port, host);
    await once(socket, "connect");
    return socket.address().address;
  } finally {
    socket.close();
  }
}

const PORTS =
  "Serf, Loki, Mimir, Tempo and MetalLB use 7946, Alertmanager 9094, Consul 8301, Nomad 4648";

function sentenceOf(
  { failure, reason, why }: ViewFailure,
  [endpoint]: readonly Endpoint[],
  { keyFile, label }: GuestSettings,
): string {
  const at = endpoint === undefined ? "the pool" : formatEndpoint(endpoint);
  const sealed = REFUSALS.find(([word]) => why.includes(word))?.[1] ?? reason;
  if (sealed === "encrypted") return `${at}: the pool is encrypted; give its key with --key-file`;
  if (sealed === "unencrypted") return `${at}: the pool is not encrypted; leave out --key-file`;
  if (sealed === "key") {
    return `${at}: the pool has another key than those in ${keyFile}; add the one that its members use`;
  }
  switch (failure) {
    case "refused":
      return `${at} refuses the connection: no process has that port; name the cluster address of a member (${PORTS})`;
    case "closed":
      return label === ""
        ? `${at} hangs up without a word: no memberlist is there, or it has a label; give that with --label, or ` +
            `check the port (${PORTS})`
        : `${at} hangs up without a word: its label is not ${JSON.stringify(label)}, or no memberlist is there`;
    case "garbled":
      return `${at}: ${why}; check the port (${PORTS})`;
    default:
      return `${at}: ${why}; check the address, and what a firewall lets through`;
  }
}

/** What memberlist itself says, and what that means here. */
const REFUSALS = [
  ["encryption is not configured", "unencrypted"],
  ["not encrypted", "encrypted"],
  ["No installed keys", "key"],
  ["decrypt", "key"],
] as const;
