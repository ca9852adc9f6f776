import { createSocket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Endpoint } from "../../../src/core/member.ts";
import { openPacket, sealPacket } from "../../../src/pool/wire/envelope.ts";
import type { PoolRecord, PushPullState } from "../../../src/pool/wire/messages.ts";
import { sealPushPull } from "../../../src/pool/wire/push-pull.ts";
import { IN_THE_CLEAR } from "../golden/golden.ts";

/** A member of a pool in this process, which says of itself and of others what a test wants. */
export interface FakeMember {
  readonly endpoint: Endpoint;
  /** Who it says is in the pool; it answers the pings to each of them at its own address. */
  members: readonly PushPullState[];
  /** What it sends with each ack, as packets of their own. */
  packets: readonly Uint8Array[];
  /** What it answers to a push/pull in place of its view. */
  stream: Uint8Array | undefined;
  readonly pings: () => number;
}

/** A record at an address. */
export function recordAt(name: string, endpoint: Endpoint, incarnation = 1): PoolRecord {
  const nothing = new Uint8Array();
  return { name, endpoint, incarnation, meta: nothing, versions: nothing };
}

/** Takes a port for TCP and UDP until the test has ended. */
export async function startFakeMember(): Promise<FakeMember> {
  let pings = 0;
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => socket.end(member.stream ?? view()));
  });
  const view = () =>
    sealPushPull(
      { isJoin: false, members: member.members, userState: new Uint8Array() },
      IN_THE_CLEAR,
    );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const endpoint = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const socket = createSocket("udp4", (packet, { port, address }) => {
    for (const message of openPacket(packet, IN_THE_CLEAR).messages) {
      if (message.kind !== "ping") continue;
      pings += 1;
      const ack = sealPacket([{ kind: "ack", seq: message.seq }], IN_THE_CLEAR);
      for (const each of [ack, ...member.packets]) socket.send(each, port, address);
    }
  });
  socket.bind(endpoint.port, endpoint.host);
  await once(socket, "listening");
  onTestFinished(() => {
    socket.close();
    server.close();
    for (const each of open) each.destroy();
  });
  const member: FakeMember = {
    ...{ endpoint, members: [], packets: [], stream: undefined },
    pings: () => pings,
  };
  return member;
}
