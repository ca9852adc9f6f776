import { invariant } from "../../core/errors.ts";
import type { MemberRecord } from "../../core/member.ts";
import {
  arrayField,
  fieldError,
  hostField,
  integerField,
  nameField,
  nullableField,
  optionalField,
  portField,
  startIdField,
  textField,
  uint32Field,
} from "../fields.ts";
import { startIdBytes } from "../fixed-bytes.ts";
import { parseIp } from "../ip-address.ts";
import { ADVERTISED_BYTES_MAX, isApiAddress, isVersion, PROTOCOL_VERSION_MAX } from "../limits.ts";
import { pack, unpack, type WireValue } from "../msgpack.ts";
import type { Reading } from "../reading.ts";
import {
  advertisedBytes,
  parseServices,
  parseTags,
  servicesToWire,
  tagsToWire,
} from "./advertised.ts";

const packedRecords = new WeakMap<MemberRecord, Uint8Array>();

/** The one encoding of a record: equal records have equal bytes. */
export function recordBytes(record: MemberRecord): Uint8Array {
  const known = packedRecords.get(record);
  if (known !== undefined) return known;
  const bytes = new Uint8Array(pack(recordToWire(record)));
  packedRecords.set(record, bytes);
  return bytes;
}

/** The record in `bytes`, frozen; the same object each time its content comes. Throws WireError. */
export function readRecord(bytes: Uint8Array, reading: Reading): MemberRecord {
  const { interner } = reading;
  const key = byteKey(bytes);
  const known = interner.get(key);
  if (known !== undefined) return known;
  const record = parseRecord(unpack(bytes), reading);
  // A peer may have packed the same content in another way.
  const ownKey = byteKey(recordBytes(record));
  const same = interner.get(ownKey) ?? record;
  interner.put(ownKey, same);
  return same;
}

/** A numeric host as bytes. Hosts are checked where they enter the program, so another one is our mistake. */
export function hostBytes(host: string): Uint8Array {
  const bytes = parseIp(host);
  invariant(
    bytes !== undefined,
    `an endpoint's host is a numeric address without a zone, not ${host}`,
  );
  return bytes;
}

function recordToWire(record: MemberRecord): WireValue {
  return [
    record.name,
    startIdBytes(record.startId),
    record.incarnation,
    hostBytes(record.endpoint.host),
    record.endpoint.port,
    tagsToWire(record.tags),
    servicesToWire(record.services),
    record.api,
    record.protocol.min,
    record.protocol.max,
    record.takesWires,
    ...(record.version === undefined ? [] : [record.version]),
  ];
}

function parseRecord(value: unknown, reading: Reading): MemberRecord {
  const fields = arrayField(value, "record", 10);
  const version = optionalField(fields[11], "record version", "string", versionField);
  const record: MemberRecord = Object.freeze({
    name: nameField(fields[0], "record name"),
    startId: startIdField(fields[1], "record start id"),
    incarnation: uint32Field(fields[2], "record incarnation"),
    endpoint: Object.freeze({
      host: hostField(fields[3], "record host"),
      port: portField(fields[4], "record port"),
    }),
    tags: parseTags(fields[5]),
    services: parseServices(fields[6], reading),
    api: nullableField(fields[7], "record api", (api, what) => textField(api, what, isApiAddress)),
    protocol: parseProtocol(fields[8], fields[9]),
    takesWires: fields[10] === true,
    ...(version !== undefined && { version }),
  });
  if (advertisedBytes(record.tags, record.services) > ADVERTISED_BYTES_MAX)
    throw fieldError("record tags and services", "are too long");
  return record;
}

function versionField(value: unknown, what: string): string {
  return textField(value, what, isVersion);
}

function parseProtocol(min: unknown, max: unknown): MemberRecord["protocol"] {
  const lowest = integerField(min, "lowest protocol version", 0, PROTOCOL_VERSION_MAX);
  const highest = integerField(max, "highest protocol version", lowest, PROTOCOL_VERSION_MAX);
  return Object.freeze({ min: lowest, max: highest });
}

function byteKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
