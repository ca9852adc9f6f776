import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { Endpoint } from "../../src/core/member.ts";
import { openUdpTransport, type UdpTransport } from "../../src/transport/udp-transport.ts";

/** Loopback in both families. */
export const FAMILIES = [
  { family: "IPv4", host: "127.0.0.1" },
  { family: "IPv6", host: "::1" },
] as const;

export interface Heard {
  readonly text: string;
  readonly from: Endpoint;
}

export interface Refusal {
  readonly member: string;
  readonly probeSeq: number;
}

/** A transport on a port of the system's choice, with all that it delivered and warned of. */
export async function openTransport(
  host: string,
  options: { idleCloseMs?: number; refusals?: boolean } = {},
): Promise<{
  transport: UdpTransport;
  heard: Heard[];
  refusals: Refusal[];
  warnings: string[];
}> {
  const heard: Heard[] = [];
  const refusals: Refusal[] = [];
  const warnings: string[] = [];
  const transport = await openUdpTransport({
    bind: { host, port: 0 },
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  onTestFinished(() => transport.close());
  transport.listen({
    onDatagram: (datagram, from) => heard.push({ text: textOf(datagram), from }),
    onRefused: (member, probeSeq) => refusals.push({ member, probeSeq }),
  });
  return { transport, heard, refusals, warnings };
}

/** A plain socket of some other process: `echo` answers each datagram with itself. */
export async function openPeer(
  host: string,
  { port = 0, echo = false } = {},
): Promise<{ socket: Socket; endpoint: Endpoint; heard: Heard[]; close: () => Promise<void> }> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const heard: Heard[] = [];
  socket.on("message", (datagram: Buffer, from: RemoteInfo) => {
    heard.push({ text: textOf(datagram), from: { host: from.address, port: from.port } });
    if (echo) socket.send(datagram, from.port, from.address);
  });
  socket.bind(port, host);
  await once(socket, "listening");
  let isOpen = true;
  const close = async () => {
    if (!isOpen) return;
    isOpen = false;
    socket.close();
    await once(socket, "close");
  };
  onTestFinished(close);
  return { socket, endpoint: { host, port: socket.address().port }, heard, close };
}

/** A port that nobody owns: the system's choice, given back. */
export async function closedPort(host: string): Promise<Endpoint> {
  const { endpoint, close } = await openPeer(host);
  await close();
  return endpoint;
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textOf(datagram: Uint8Array): string {
  return new TextDecoder().decode(datagram);
}
