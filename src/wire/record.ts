import { invariant } from "../core/errors.ts";
import type { MemberRecord, Service, Tags } from "../core/member.ts";
import {
  arrayField,
  fieldError,
  hostField,
  integerField,
  nameField,
  nullableField,
  portField,
  startIdField,
  textField,
  uint32Field,
} from "./fields.ts";
import { startIdBytes } from "./fixed-bytes.ts";
import { parseIp } from "./ip-address.ts";
import {
  ADVERTISED_BYTES_MAX,
  isApiAddress,
  isName,
  isTagKey,
  isTagValue,
  PROTOCOL_VERSION_MAX,
} from "./limits.ts";
import { pack, packedSize, unpack, type WireValue } from "./msgpack.ts";
import type { RecordInterner } from "./record-interner.ts";

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
export function readRecord(bytes: Uint8Array, interner: RecordInterner): MemberRecord {
  const key = byteKey(bytes);
  const known = interner.get(key);
  if (known !== undefined) return known;
  const record = parseRecord(unpack(bytes));
  // A peer may have packed the same content in another way.
  const ownKey = byteKey(recordBytes(record));
  const same = interner.get(ownKey) ?? record;
  interner.put(ownKey, same);
  return same;
}

/** What a member may not advertise and why, as one clause for the operator; undefined when all is well. */
export function advertisedComplaint(tags: Tags, services: readonly Service[]): string | undefined {
  for (const [key, value] of Object.entries(tags)) {
    if (!isTagKey(key)) return `tag key "${key}" must be 1 to 64 of A-Z a-z 0-9 . _ / -`;
    if (!isTagValue(value)) return `tag "${key}" must not contain control characters`;
  }
  for (const { name, port } of services) {
    if (!isName(name)) return `service "${name}" must be 1 to 64 of A-Z a-z 0-9 . _ -`;
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
      return `service "${name}" has port ${port}; it must be from 1 to 65535`;
    }
  }
  const size = packedSize(tagsToWire(tags)) + packedSize(servicesToWire(services));
  if (size <= ADVERTISED_BYTES_MAX) return undefined;
  return `tags and services take ${size} bytes together; at most ${ADVERTISED_BYTES_MAX} are allowed`;
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
  ];
}

// Sorted by key, so that the order in which tags were written down makes no difference.
function tagsToWire(tags: Tags): readonly string[] {
  const keys = Object.keys(tags).sort();
  return keys.flatMap((key) => [key, tags[key] ?? ""]);
}

function servicesToWire(services: readonly Service[]): WireValue {
  return services.map(({ name, port }) => [name, port]);
}

function parseRecord(value: unknown): MemberRecord {
  const fields = arrayField(value, "record", 10);
  const record: MemberRecord = Object.freeze({
    name: nameField(fields[0], "record name"),
    startId: startIdField(fields[1], "record start id"),
    incarnation: uint32Field(fields[2], "record incarnation"),
    endpoint: Object.freeze({
      host: hostField(fields[3], "record host"),
      port: portField(fields[4], "record port"),
    }),
    tags: parseTags(fields[5]),
    services: parseServices(fields[6]),
    api: nullableField(fields[7], "record api", (api, what) => textField(api, what, isApiAddress)),
    protocol: parseProtocol(fields[8], fields[9]),
  });
  const advertised =
    packedSize(tagsToWire(record.tags)) + packedSize(servicesToWire(record.services));
  if (advertised > ADVERTISED_BYTES_MAX)
    throw fieldError("record tags and services", "are too long");
  return record;
}

function parseTags(value: unknown): Tags {
  const fields = arrayField(value, "tags", 0);
  if (fields.length % 2 !== 0) throw fieldError("tags", "have a key without a value");
  const tags = new Map<string, string>();
  for (let at = 0; at < fields.length; at += 2) {
    const key = textField(fields[at], "tag key", isTagKey);
    if (tags.has(key)) throw fieldError("tag key", "comes twice");
    tags.set(key, textField(fields[at + 1], "tag value", isTagValue));
  }
  return Object.freeze(Object.fromEntries(tags));
}

function parseServices(value: unknown): readonly Service[] {
  return Object.freeze(
    arrayField(value, "services", 0).map((entry) => {
      const fields = arrayField(entry, "service", 2);
      return Object.freeze({
        name: nameField(fields[0], "service name"),
        port: portField(fields[1], "service port"),
      });
    }),
  );
}

function parseProtocol(min: unknown, max: unknown): MemberRecord["protocol"] {
  const lowest = integerField(min, "lowest protocol version", 0, PROTOCOL_VERSION_MAX);
  const highest = integerField(max, "highest protocol version", lowest, PROTOCOL_VERSION_MAX);
  return Object.freeze({ min: lowest, max: highest });
}

function byteKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}
