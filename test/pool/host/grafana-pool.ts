import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Endpoint } from "../../../src/core/member.ts";
import { openPacket, type PoolSecurity, sealPacket } from "../../../src/pool/wire/envelope.ts";
import {
  GRAFANA_STREAM,
  openGrafanaPacket,
  sealGrafanaPacket,
} from "../../../src/pool/wire/grafana-packets.ts";
import type { PoolMessage } from "../../../src/pool/wire/messages.ts";
import { sealPushPull } from "../../../src/pool/wire/push-pull.ts";

/** A member of a pool over Grafana's transport, as far as a guest has to do with it. */
export interface GrafanaMember {
  readonly endpoint: Endpoint;
  /** Connections that began with a byte that is none of the transport's. */
  readonly strangers: () => number;
  readonly pings: () => number;
  close(): void;
}

/** Listens, answers pings by dialling back, and shows a view of itself alone. */
export async function startGrafanaMember(
  name: string,
  security: PoolSecurity,
): Promise<GrafanaMember> {
  const open = new Set<Socket>();
  let strangers = 0;
  let pings = 0;
  // Both ends of a TCP connection stay open for the other's answer, as Go's do.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.once("data", (first) => {
      if (first[0] === GRAFANA_STREAM) socket.end(view());
      else if (first[0] === 1) void readPacket(socket, first);
      else {
        strangers += 1;
        socket.destroy();
      }
    });
  });
  const close = (): void => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  onTestFinished(close);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };

  const view = (): Uint8Array => {
    const meta = Uint8Array.of(1, 1, 2, ...Buffer.from("eu"));
    const record = { name, endpoint, incarnation: 1, meta, versions: new Uint8Array() };
    const members = [{ record, state: "alive" as const }];
    const stream = sealPushPull({ isJoin: false, members, userState: new Uint8Array() }, security);
    // Only the dialler's stream carries the label.
    return stream.subarray(security.label.length === 0 ? 0 : 2 + security.label.length);
  };
  const readPacket = async (socket: Socket, first: Buffer): Promise<void> => {
    const chunks = [first];
    socket.on("data", (bytes) => chunks.push(bytes));
    await once(socket, "end");
    socket.end();
    const { packet, from } = openGrafanaPacket(Buffer.concat(chunks));
    for (const message of openPacket(packet, security).messages) answer(message, from);
  };
  const answer = (message: PoolMessage, to: Endpoint): void => {
    if (message.kind !== "ping" || message.target !== name) return;
    pings += 1;
    const packet = sealPacket([{ kind: "ack", seq: message.seq }], security);
    const back = connect(to.port, to.host);
    back.on("error", () => {});
    back.end(sealGrafanaPacket({ packet, from: endpoint }));
  };
  return { endpoint, strangers: () => strangers, pings: () => pings, close };
}
