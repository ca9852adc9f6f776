import { WireError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/member.ts";
import { nameBytes, nameOf } from "./member-name.ts";
import { MESSAGE_TYPE, type PoolMessage } from "./messages.ts";
import { addressBytes, endpointOf, PORT_MAX, RecordDraft, UINT32_MAX } from "./pool-record.ts";
import { RawReader } from "./raw-reader.ts";
import { packStruct, type RawValue } from "./raw-writer.ts";

/**
 * One message with its type in the first byte, without layers.
 *
 * @throws WireError for everything that is none, or breaks a limit
 */
export function decodeMessage(bytes: Uint8Array): PoolMessage {
  const reader = new RawReader(bytes, 1);
  switch (bytes[0]) {
    case MESSAGE_TYPE.ping:
      return decodePing(reader);
    case MESSAGE_TYPE["indirect-ping"]:
      return decodeIndirectPing(reader);
    case MESSAGE_TYPE.ack:
      return { kind: "ack", seq: decodeSeq(reader) };
    case MESSAGE_TYPE.nack:
      return { kind: "nack", seq: decodeSeq(reader) };
    case MESSAGE_TYPE.suspect:
      return { kind: "suspect", ...decodeVerdict(reader) };
    case MESSAGE_TYPE.dead:
      return { kind: "dead", ...decodeVerdict(reader) };
    case MESSAGE_TYPE.alive:
      return decodeAlive(reader);
    case MESSAGE_TYPE.user:
      return { kind: "user", bytes: Uint8Array.from(bytes.subarray(1)) };
    default:
      throw new WireError("type");
  }
}

/** The opposite. An indirect ping asks for a nack. */
export function encodeMessage(message: PoolMessage): Uint8Array {
  if (message.kind === "user")
    return Buffer.concat([Uint8Array.of(MESSAGE_TYPE.user), message.bytes]);
  const body = packStruct(fieldsOf(message));
  const bytes = new Uint8Array(1 + body.length);
  bytes[0] = MESSAGE_TYPE[message.kind];
  bytes.set(body, 1);
  return bytes;
}

function fieldsOf(
  message: Exclude<PoolMessage, { kind: "user" }>,
): Readonly<Record<string, RawValue>> {
  switch (message.kind) {
    case "ping":
      return {
        Node: nameBytes(message.target),
        SeqNo: message.seq,
        ...sourceFields(message.source, message.replyTo),
      };
    case "indirect-ping":
      return {
        Nack: true,
        Node: nameBytes(message.target),
        Port: message.endpoint.port,
        SeqNo: message.seq,
        ...sourceFields(message.source, message.replyTo),
        Target: addressBytes(message.endpoint),
      };
    case "ack":
      return { Payload: null, SeqNo: message.seq };
    case "nack":
      return { SeqNo: message.seq };
    case "suspect":
    case "dead":
      return {
        From: nameBytes(message.by),
        Incarnation: message.incarnation,
        Node: nameBytes(message.member),
      };
    case "alive":
      return {
        Addr: addressBytes(message.record.endpoint),
        Incarnation: message.record.incarnation,
        Meta: message.record.meta,
        Node: nameBytes(message.record.name),
        Port: message.record.endpoint.port,
        Vsn: message.record.versions,
      };
  }
}

function sourceFields(source: string, replyTo: Endpoint | undefined): Record<string, RawValue> {
  const name = { SourceNode: nameBytes(source) };
  if (replyTo === undefined) return name;
  return { SourceAddr: addressBytes(replyTo), ...name, SourcePort: replyTo.port };
}

/** The fields that requests share; what is missing is empty or 0. */
interface RequestFields {
  seq: number;
  target: Uint8Array;
  source: Uint8Array;
  address: Uint8Array;
  port: number;
  replyAddress: Uint8Array;
  replyPort: number;
}

function decodePing(reader: RawReader): PoolMessage {
  const fields = readRequest(reader);
  return {
    kind: "ping",
    seq: fields.seq,
    target: nameOf(fields.target),
    ...replyToOf(fields),
    source: sourceOf(fields),
  };
}

function decodeIndirectPing(reader: RawReader): PoolMessage {
  const fields = readRequest(reader);
  const endpoint = endpointOf(fields.address, fields.port);
  const { replyTo } = replyToOf(fields);
  return {
    kind: "indirect-ping",
    seq: fields.seq,
    target: nameOf(fields.target),
    endpoint,
    // Without one, the answer goes back to where the request came from: the caller knows that.
    replyTo: replyTo ?? { host: "0.0.0.0", port: 0 },
    source: sourceOf(fields),
  };
}

function readRequest(reader: RawReader): RequestFields {
  const nothing = new Uint8Array();
  const fields: RequestFields = {
    ...{ seq: 0, target: nothing, source: nothing, address: nothing, port: 0 },
    ...{ replyAddress: nothing, replyPort: 0 },
  };
  reader.struct((key) => {
    if (key === "SeqNo") fields.seq = reader.unsigned(UINT32_MAX);
    else if (key === "Node") fields.target = reader.raw();
    else if (key === "SourceNode") fields.source = reader.raw();
    else if (key === "Target") fields.address = reader.raw();
    else if (key === "Port") fields.port = reader.unsigned(PORT_MAX);
    else if (key === "SourceAddr") fields.replyAddress = reader.raw();
    else if (key === "SourcePort") fields.replyPort = reader.unsigned(PORT_MAX);
    else return false;
    return true;
  });
  return fields;
}

function replyToOf({ replyAddress, replyPort }: RequestFields): { readonly replyTo?: Endpoint } {
  return replyAddress.length === 0 ? {} : { replyTo: endpointOf(replyAddress, replyPort) };
}

function sourceOf({ source }: RequestFields): string {
  return source.length === 0 ? "" : nameOf(source);
}

// An ack's payload belongs to the engine above: it is passed over unread.
function decodeSeq(reader: RawReader): number {
  let seq = 0;
  reader.struct((key) => {
    if (key !== "SeqNo") return false;
    seq = reader.unsigned(UINT32_MAX);
    return true;
  });
  return seq;
}

function decodeVerdict(reader: RawReader): { member: string; incarnation: number; by: string } {
  let member = new Uint8Array();
  let by = new Uint8Array();
  let incarnation = 0;
  reader.struct((key) => {
    if (key === "Node") member = Uint8Array.from(reader.raw());
    else if (key === "From") by = Uint8Array.from(reader.raw());
    else if (key === "Incarnation") incarnation = reader.unsigned(UINT32_MAX);
    else return false;
    return true;
  });
  return { member: nameOf(member), incarnation, by: nameOf(by) };
}

function decodeAlive(reader: RawReader): PoolMessage {
  const draft = new RecordDraft();
  reader.struct((key) => draft.read(key, reader));
  return { kind: "alive", record: draft.record() };
}
