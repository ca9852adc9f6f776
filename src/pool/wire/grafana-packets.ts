import { createHash } from "node:crypto";
import { WireError } from "../../core/errors.ts";
import { type Endpoint, formatEndpoint } from "../../core/member.ts";
import { isIpLength, parseIp } from "../../wire/ip-address.ts";

/** How a connection of Grafana's transport begins: it carries one packet, or is a stream. */
export const GRAFANA_STREAM = 2;
const GRAFANA_PACKET = 1;
const DIGEST_BYTES = 16;
const ADDRESS_BYTES_MAX = 255;

/** A packet, and where its sender takes answers. */
export interface GrafanaPacket {
  readonly packet: Uint8Array;
  readonly from: Endpoint;
}

/** All bytes of the connection that carries one packet: `01 len "ip:port" packet md5`. */
export function sealGrafanaPacket({ packet, from }: GrafanaPacket): Uint8Array {
  const address = new TextEncoder().encode(formatEndpoint(from));
  return Buffer.concat([
    Uint8Array.of(GRAFANA_PACKET, address.length),
    address,
    packet,
    digestOf(packet),
  ]);
}

/** @throws WireError `type`, `cut-off`, `checksum` or `address` where they are none */
export function openGrafanaPacket(bytes: Uint8Array): GrafanaPacket {
  if (bytes[0] !== GRAFANA_PACKET) throw new WireError("type");
  const length = bytes[1] ?? 0;
  const start = 2 + length;
  const end = bytes.length - DIGEST_BYTES;
  if (end < start || length > ADDRESS_BYTES_MAX) throw new WireError("cut-off");
  const packet = bytes.subarray(start, end);
  if (Buffer.compare(digestOf(packet), bytes.subarray(end)) !== 0) throw new WireError("checksum");
  return { packet, from: endpointOf(new TextDecoder().decode(bytes.subarray(2, start))) };
}

// It tells whether all of the packet came, and protects nothing.
function digestOf(packet: Uint8Array): Uint8Array {
  return createHash("md5").update(packet).digest();
}

function endpointOf(text: string): Endpoint {
  const [, bracketed, plain, portText] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  const port = Number(portText);
  if (!isIpLength(parseIp(host)?.length ?? 0) || !(port > 0 && port < 65_536)) {
    throw new WireError("address");
  }
  return { host, port };
}
