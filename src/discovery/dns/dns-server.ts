import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6, type Server } from "node:net";
import { ConfigError } from "../../core/errors.ts";
import { type Endpoint, formatEndpoint } from "../../core/member.ts";
import type { DnsZone } from "./dns-answer.ts";
import { DnsAskers } from "./dns-askers.ts";
import { type DnsClient, respond } from "./dns-message.ts";
import { serveTcp } from "./dns-tcp.ts";
import { serveUdp } from "./dns-udp.ts";

/** Queries answered since the start, by transport and response code; and those that deserved no answer. */
export interface DnsCounts {
  readonly answered: Readonly<Record<string, number>>;
  readonly ignored: number;
}

/** The DNS server of a daemon. It listens before there is a node, and answers once `serve` was called. */
export interface DnsServer {
  /** As bound, for UDP and TCP alike. */
  readonly endpoint: Endpoint;
  serve(zone: DnsZone): void;
  counts(): DnsCounts;
  close(): Promise<void>;
}

/** Another free port is tried so often where the system chose one for UDP that is taken for TCP. */
const PORT_TRIES = 8;
const RECEIVE_BUFFER_BYTES = 1 << 20;

/** Before there is a node: who asks is told so at once, and need not wait until it gives up. */
const NOT_YET: DnsZone = {
  hostOf: () => undefined,
  ask: () => undefined,
  isWhole: () => false,
  random: () => 0,
  ttlS: 0,
};

/** @throws ConfigError when the address cannot be taken */
export async function openDnsServer(
  wanted: Endpoint,
  askers = new DnsAskers(),
): Promise<DnsServer> {
  const { udp, tcp, endpoint } = await listen(wanted);
  const answered: Record<string, number> = {};
  let ignored = 0;
  let zone = NOT_YET;
  const answer = (query: Buffer, client: DnsClient): Uint8Array | undefined => {
    const response = respond(zone, query, client);
    if (response === undefined) ignored += 1;
    else {
      const key = `${client.transport} ${response.code}`;
      answered[key] = (answered[key] ?? 0) + 1;
    }
    return response?.bytes;
  };
  serveUdp(
    udp,
    (query, asker) => {
      return answer(query, { transport: "udp", asker, isProven: askers.isProven(asker) });
    },
    () => {
      ignored += 1;
    },
  );
  const connections = serveTcp(tcp, (query, asker) => {
    askers.noteTcp(asker);
    return answer(query, { transport: "tcp", asker, isProven: true });
  });
  return {
    endpoint,
    serve: (served) => {
      zone = served;
    },
    counts: () => ({ answered: { ...answered }, ignored }),
    close: async () => {
      connections.close();
      await Promise.all([once(udp.close(), "close"), once(tcp.close(), "close")]);
    },
  };
}

async function listen(wanted: Endpoint, triesLeft = PORT_TRIES): Promise<Listening> {
  const udp = await bindUdp(wanted);
  const endpoint = { host: wanted.host, port: udp.address().port };
  try {
    return { udp, tcp: await bindTcp(endpoint), endpoint };
  } catch (error) {
    udp.close();
    if (wanted.port === 0 && triesLeft > 1) return listen(wanted, triesLeft - 1);
    throw error;
  }
}

interface Listening {
  readonly udp: UdpSocket;
  readonly tcp: Server;
  readonly endpoint: Endpoint;
}

function bindUdp(endpoint: Endpoint): Promise<UdpSocket> {
  const { host: address, port } = endpoint;
  const socket = createSocket({
    type: isIPv6(address) ? "udp6" : "udp4",
    recvBufferSize: RECEIVE_BUFFER_BYTES,
  });
  return new Promise((resolve, reject) => {
    socket.once("error", (error) => reject(refusal(endpoint, error)));
    socket.bind({ address, port, exclusive: true }, () => {
      socket.removeAllListeners("error");
      // Later ones speak of single datagrams.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

function bindTcp(endpoint: Endpoint): Promise<Server> {
  const { host, port } = endpoint;
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(refusal(endpoint, error)));
    server.listen({ host, port, exclusive: true }, () => {
      server.removeAllListeners("error");
      server.on("error", () => undefined);
      resolve(server);
    });
  });
}

function refusal(endpoint: Endpoint, error: NodeJS.ErrnoException): ConfigError {
  const remedy = "choose another with --dns, or port 0 for any free one";
  const whys: Readonly<Record<string, string>> = {
    EADDRINUSE: "is in use by another process",
    EADDRNOTAVAIL: "is not an address of this machine",
    EACCES: "may not be used by this user",
  };
  const why = whys[error.code ?? ""] ?? `cannot be listened on (${error.code ?? error.message})`;
  return new ConfigError(`dns: ${formatEndpoint(endpoint)} ${why}; ${remedy}`);
}
