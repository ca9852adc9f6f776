import { crc32 } from "node:zlib";
import { WireError } from "../../core/errors.ts";
import { LzwInflater } from "./lzw.ts";
import { decodeMessage, encodeMessage } from "./message-codec.ts";
import { MESSAGE_TYPE, type PoolMessage } from "./messages.ts";
import type { PoolKeyring } from "./pool-keyring.ts";
import { RawReader } from "./raw-reader.ts";

/** What a pool shares beside its messages. */
export interface PoolSecurity {
  /** At most 255 bytes of UTF-8; empty for none. */
  readonly label: Uint8Array;
  /** Undefined where the pool is not encrypted. */
  readonly keyring: PoolKeyring | undefined;
  /** All that may come out of one packet, however it is compressed; 64 KiB where left out. */
  readonly inflatedBytesMax?: number;
}

/** A packet's messages in their order, and how many of its parts were dropped, by reason. */
export interface OpenedPacket {
  readonly messages: readonly PoolMessage[];
  readonly dropped: readonly string[];
}

/** All that may come out of one UDP packet, however it is compressed. */
const INFLATED_BYTES_MAX_DEFAULT = 64 * 1024;
/** Parts in all: as many as one compound can hold, and memberlist nests none. */
const PARTS_MAX = 256;
const LAYERS_MAX = 8;
const LENGTH_BYTES = 2;
const CHECKSUM_BYTES = 4;

/**
 * Opens all layers of a packet. A part that is broken is dropped by itself; an unknown one, such as
 * a newer engine may send, too.
 *
 * @throws WireError where a layer around everything is broken: `label`, `key`, `checksum`, …
 */
export function openPacket(packet: Uint8Array, security: PoolSecurity): OpenedPacket {
  const { label, keyring, inflatedBytesMax = INFLATED_BYTES_MAX_DEFAULT } = security;
  const inner = withoutLabel(packet, label);
  const plain = keyring === undefined ? inner : keyring.open(inner, label);
  const opening = new Opening(inflatedBytesMax);
  opening.open(plain, 0);
  return opening;
}

/** A packet of these messages, in the clear where there is no key. */
export function sealPacket(
  messages: readonly PoolMessage[],
  { label, keyring }: PoolSecurity,
): Uint8Array {
  const parts = messages.map(encodeMessage);
  const [first] = parts;
  const plain = first !== undefined && parts.length === 1 ? first : compound(parts);
  const sealed = keyring === undefined ? plain : keyring.seal(plain, label);
  return Buffer.concat([labelHeader(label), sealed]);
}

/** What a labelled pool puts before its packets, and a dialler before its stream. */
export function labelHeader(label: Uint8Array): Uint8Array {
  if (label.length === 0) return label;
  return Buffer.concat([Uint8Array.of(MESSAGE_TYPE.label, label.length), label]);
}

/** What is compressed inside, as a part of `body`; the algorithm is checked. */
export function compressedBytes(body: Uint8Array): Uint8Array {
  let algorithm = -1;
  let bytes: Uint8Array = new Uint8Array();
  const reader = new RawReader(body);
  reader.struct((key) => {
    if (key === "Algo") algorithm = reader.unsigned(0xff);
    else if (key === "Buf") bytes = reader.raw();
    else return false;
    return true;
  });
  if (algorithm !== 0) throw new WireError("compression");
  return bytes;
}

class Opening implements OpenedPacket {
  readonly messages: PoolMessage[] = [];
  readonly dropped: string[] = [];
  private inflatedLeft: number;
  private parts = 0;

  constructor(inflatedBytesMax: number) {
    this.inflatedLeft = inflatedBytesMax;
  }

  open(bytes: Uint8Array, depth: number): void {
    if (depth > LAYERS_MAX || this.parts > PARTS_MAX) throw new WireError("nesting");
    switch (bytes[0]) {
      case MESSAGE_TYPE.checksum:
        this.open(checked(bytes), depth + 1);
        return;
      case MESSAGE_TYPE.compressed:
        this.open(this.inflate(bytes.subarray(1)), depth + 1);
        return;
      case MESSAGE_TYPE.compound:
        this.openParts(bytes, depth + 1);
        return;
      default:
        this.messages.push(decodeMessage(bytes));
    }
  }

  private openParts(bytes: Uint8Array, depth: number): void {
    const count = bytes[1] ?? 0;
    let at = 2 + count * LENGTH_BYTES;
    if (at > bytes.length) throw new WireError("garbage", "compound");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let part = 0; part < count; part++) {
      const end = at + view.getUint16(2 + part * LENGTH_BYTES);
      if (end > bytes.length) {
        // What came before the cut is good.
        this.dropped.push("cut-off");
        return;
      }
      this.openPart(bytes.subarray(at, end), depth);
      at = end;
    }
  }

  private openPart(part: Uint8Array, depth: number): void {
    this.parts++;
    try {
      this.open(part, depth);
    } catch (error) {
      if (!(error instanceof WireError) || error.reason === "nesting") throw error;
      this.dropped.push(error.reason);
    }
  }

  private inflate(body: Uint8Array): Uint8Array {
    const compressed = compressedBytes(body);
    // Nobody compresses what becomes longer by it.
    if (compressed.length > this.inflatedLeft) throw new WireError("bomb");
    const inflater = new LzwInflater(compressed, this.inflatedLeft);
    try {
      inflater.inflate(Number.POSITIVE_INFINITY);
    } catch (error) {
      // One bomb is enough: a packet may hold a hundred of them.
      this.inflatedLeft = 0;
      throw error;
    }
    const bytes = inflater.result();
    this.inflatedLeft -= bytes.length;
    return bytes;
  }
}

function withoutLabel(packet: Uint8Array, label: Uint8Array): Uint8Array {
  const hasLabel = packet[0] === MESSAGE_TYPE.label;
  if (!hasLabel) {
    if (label.length > 0) throw new WireError("label");
    return packet;
  }
  const length = packet[1] ?? 0;
  const found = packet.subarray(2, 2 + length);
  if (found.length !== label.length || found.some((byte, at) => byte !== label[at])) {
    throw new WireError("label");
  }
  return packet.subarray(2 + length);
}

function checked(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 1 + CHECKSUM_BYTES) throw new WireError("checksum");
  const rest = bytes.subarray(1 + CHECKSUM_BYTES);
  const said = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
  if (crc32(rest) !== said) throw new WireError("checksum");
  return rest;
}

function compound(parts: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(2 + parts.length * LENGTH_BYTES);
  head[0] = MESSAGE_TYPE.compound;
  head[1] = parts.length;
  const view = new DataView(head.buffer);
  for (const [at, part] of parts.entries()) view.setUint16(2 + at * LENGTH_BYTES, part.length);
  return Buffer.concat([head, ...parts]);
}
