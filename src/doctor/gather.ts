import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import type { MemberBody, MembersBody, SelfBody } from "../control/api-types.ts";
import type { ControlClient } from "../control/client.ts";
import { type Endpoint, isPresent, type MemberName, type Millis } from "../core/member.ts";
import { parseHostPort } from "../daemon/settings/host-port.ts";
import { knock } from "../transport/knock.ts";
import type { Facts, LocalFacts, PeerFacts, Reach } from "./facts.ts";

/** A large cluster is examined in part. */
const PEERS_MAX = 32;
const HOSTS_MAX = 8;
const REACH_MS: Millis = 1_500;
/** The discard port, which hardly any host serves today. */
const CLOSED_PORT = 9;

/** A client of another member's API. */
export type Connect = (api: string) => Pick<ControlClient, "self" | "members">;

/**
 * Asks the node and every present member whose API can be reached, and tries the ports of the members where the node runs on
 * this machine.
 *
 * @throws NodeUnreachableError when the node itself does not answer
 */
export async function gatherFacts(
  client: Pick<ControlClient, "self" | "members">,
  connectTo: Connect,
): Promise<Facts> {
  const self = await client.self();
  const nowMs = Date.now();
  const members = await client.members();
  const others = members.members
    .filter(({ name, state }) => name !== self.name && isPresent(state))
    .slice(0, PEERS_MAX);
  const [peers, local] = await Promise.all([
    Promise.all(others.map((member) => askPeer(member, self.name, connectTo))),
    tryLocally(self, others),
  ]);
  return { self, members, nowMs, peers: peers.flat(), local };
}

async function askPeer(
  { name, api }: MemberBody,
  asked: MemberName,
  connectTo: Connect,
): Promise<PeerFacts[]> {
  if (api === null) return [];
  try {
    const client = connectTo(api);
    const self = await client.self();
    const nowMs = Date.now();
    // Another node may have the address from here, as with loopback addresses.
    if (self.name !== name) return [];
    const { members }: MembersBody = await client.members();
    const viewOfSelf = members.find((member) => member.name === asked);
    return [{ name, self, nowMs, viewOfSelf, members }];
  } catch {
    return [];
  }
}

async function tryLocally(
  self: SelfBody,
  others: readonly MemberBody[],
): Promise<LocalFacts | undefined> {
  const own = parseHostPort(self.address, 0);
  if (own === undefined || !isOfThisMachine(own.host) || !isRunning(self.pid)) return undefined;
  const places = others.flatMap(({ name, address }) => {
    const place = parseHostPort(address, 0);
    return place === undefined ? [] : [{ name, place }];
  });
  const hosts = [...new Set([own.host, ...places.map(({ place }) => place.host)])].slice(
    0,
    HOSTS_MAX,
  );
  const [tcp, icmp] = await Promise.all([
    Promise.all(
      places.map(async ({ name, place }) => [name, await dial(own.host, place)] as const),
    ),
    Promise.all(hosts.map(async (host) => [host, await reachClosedPort(own.host, host)] as const)),
  ]);
  return {
    receiveBufferMaxBytes: readNumber("/proc/sys/net/core/rmem_max"),
    kernelDrops: kernelDrops(own.port),
    tcp: new Map(tcp),
    icmp: new Map(icmp),
  };
}

function isOfThisMachine(host: string): boolean {
  const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return own.some(({ address }) => address === host);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function dial(localAddress: string, { host, port }: Endpoint): Promise<Reach> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, localAddress });
    const end = (reach: Reach) => {
      socket.destroy();
      resolve(reach);
    };
    socket.setTimeout(REACH_MS, () => end("silent"));
    socket.once("connect", () => end("open"));
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      end(code === "ECONNREFUSED" ? "refused" : (code ?? "failed")),
    );
  });
}

async function reachClosedPort(from: string, host: string): Promise<Reach> {
  const code = await knock(from, { host, port: CLOSED_PORT }, REACH_MS);
  if (code === undefined) return "silent";
  return code === "ECONNREFUSED" ? "refused" : code;
}

/** What the kernel counts of the sockets at this port. */
function kernelDrops(port: number): number | undefined {
  const lines = ["/proc/net/udp", "/proc/net/udp6"].flatMap((file) => readLines(file));
  if (lines.length === 0) return undefined;
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = ""]) => local.endsWith(`:${hex}`))
    .reduce((sum, fields) => sum + Number(fields.at(-1)), 0);
}

function readNumber(file: string): number | undefined {
  const value = Number(readLines(file)[0]);
  return Number.isFinite(value) && value > 0 ? value : undefined;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, "latin1").split("\n");
  } catch {
    return [];
  }
}
