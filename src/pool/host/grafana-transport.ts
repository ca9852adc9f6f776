import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { ConfigError, WireError } from "../../core/errors.ts";
import { type Endpoint, formatEndpoint, type Millis } from "../../core/member.ts";
import type { Destination, Transport, TransportReceiver } from "../../host/ports.ts";
import { codeOf } from "../../transport/datagram-socket.ts";
import { openGrafanaPacket, sealGrafanaPacket } from "../wire/grafana-packets.ts";

/** As Grafana's own members do it. */
const DIAL_MS: Millis = 2000;
/** A whole packet, from the first byte to the last. */
const PACKET_MS: Millis = 5000;
const PACKET_BYTES_MAX = 10 * 1024 * 1024;
/** Connections open at once, each way; further packets are dropped, as a network would. */
const OPEN_MAX = 256;

/** What did not work, by code. */
export interface GrafanaCounters {
  readonly sendErrors: Record<string, number>;
  readonly receiveErrors: Record<string, number>;
}

/** @throws ConfigError where the port cannot be taken */
export async function openGrafanaTransport(bind: Endpoint): Promise<GrafanaTransport> {
  const server = createServer();
  try {
    await once(server.listen({ host: bind.host, port: bind.port, exclusive: true }), "listening");
  } catch (error) {
    throw new ConfigError(
      `bind: ${formatEndpoint(bind)} cannot be used for TCP (${codeOf(error)}); choose another address with --bind`,
    );
  }
  return new GrafanaTransport(server, bind.host);
}

/** Packets over TCP as Loki, Mimir and Tempo send them: one connection a packet, and answers are dialled back. */
export class GrafanaTransport implements Transport {
  readonly local: Endpoint;
  /** As of a transport over datagrams: TCP loses none of a packet of this length. */
  readonly recvBufferBytes = PACKET_BYTES_MAX;
  readonly counters: GrafanaCounters = { sendErrors: {}, receiveErrors: {} };
  private readonly server: Server;
  private readonly open = new Set<Socket>();
  private outgoing = 0;
  private receiver: TransportReceiver | undefined;

  constructor(server: Server, host: string) {
    this.server = server;
    this.local = { host, port: (server.address() as AddressInfo).port };
    server.maxConnections = OPEN_MAX;
    server.on("connection", (socket) => this.receive(socket));
  }

  listen(receiver: TransportReceiver): void {
    this.receiver = receiver;
  }

  send(packet: Uint8Array, { endpoint, member, probeSeq }: Destination): void {
    if (this.outgoing >= OPEN_MAX) {
      count(this.counters.sendErrors, "EMFILE");
      return;
    }
    this.outgoing += 1;
    const socket = this.keep(connect({ host: endpoint.host, port: endpoint.port }));
    socket.setTimeout(DIAL_MS, () => socket.destroy(timedOut()));
    socket.on("connect", () => socket.end(sealGrafanaPacket({ packet, from: this.local })));
    socket.on("error", (error) => {
      const code = codeOf(error);
      count(this.counters.sendErrors, code);
      const isRefused = code === "ECONNREFUSED" && member !== undefined;
      if (isRefused && probeSeq !== undefined) this.receiver?.onRefused(member, probeSeq);
    });
    socket.on("close", () => {
      this.outgoing -= 1;
    });
    // The other end says nothing, and its end of the connection has to be read.
    socket.resume();
  }

  async close(): Promise<void> {
    this.receiver = undefined;
    const closed = once(this.server, "close");
    this.server.close();
    for (const socket of this.open) socket.destroy();
    await closed;
  }

  private receive(socket: Socket): void {
    this.keep(socket);
    const chunks: Uint8Array[] = [];
    let length = 0;
    const deadline = setTimeout(() => socket.destroy(timedOut()), PACKET_MS);
    socket.on("data", (bytes) => {
      length += bytes.length;
      if (length > PACKET_BYTES_MAX) socket.destroy(new Error("too long"));
      else chunks.push(bytes);
    });
    socket.on("error", (error) => count(this.counters.receiveErrors, codeOf(error)));
    socket.on("end", () => this.deliver(Buffer.concat(chunks)));
    socket.on("close", () => clearTimeout(deadline));
  }

  private deliver(bytes: Uint8Array): void {
    // A connect that says nothing is somebody who only knocks.
    if (bytes.length === 0) return;
    try {
      const { packet, from } = openGrafanaPacket(bytes);
      this.receiver?.onDatagram(packet, from);
    } catch (error) {
      count(this.counters.receiveErrors, error instanceof WireError ? error.reason : "unexpected");
    }
  }

  private keep(socket: Socket): Socket {
    this.open.add(socket);
    socket.on("close", () => this.open.delete(socket));
    return socket;
  }
}

function timedOut(): NodeJS.ErrnoException {
  return Object.assign(new Error("timed out"), { code: "ETIMEDOUT" });
}

function count(errors: Record<string, number>, code: string): void {
  errors[code] = (errors[code] ?? 0) + 1;
}
