import {
  SERVICE_WEIGHT_DEFAULT,
  type Service,
  type ServiceHealth,
  type Tags,
} from "../../core/member.ts";
import {
  arrayField,
  fieldError,
  integerField,
  nameField,
  optionalField,
  portField,
  textField,
} from "../fields.ts";
import {
  ADVERTISED_BYTES_MAX,
  isName,
  isTagKey,
  isTagValue,
  SERVICE_WEIGHT_MAX,
} from "../limits.ts";
import { packedSize, type WireValue } from "../msgpack.ts";
import { numberedField, type Reading } from "../reading.ts";

/** Numbers on the wire: the position is the protocol. */
const HEALTHS: readonly ServiceHealth[] = ["passing", "critical", "unknown", "starting"];

/** What a member may not advertise and why, as one clause for the operator; undefined when all is well. */
export function advertisedComplaint(tags: Tags, services: readonly Service[]): string | undefined {
  const complaint = pairsComplaint(tags, "tag");
  if (complaint !== undefined) return complaint;
  for (const service of services) {
    const complaint = serviceComplaint(service);
    if (complaint !== undefined) return `service "${service.name}" ${complaint}`;
  }
  const size = advertisedBytes(tags, services);
  if (size <= ADVERTISED_BYTES_MAX) return undefined;
  return `tags and services take ${size} bytes together; at most ${ADVERTISED_BYTES_MAX} are allowed`;
}

/** Bytes of a record that its member's tags and services take. */
export function advertisedBytes(tags: Tags, services: readonly Service[]): number {
  return packedSize(tagsToWire(tags)) + packedSize(servicesToWire(services));
}

/** Sorted by key, so that the order in which tags were written down makes no difference. */
export function tagsToWire(tags: Tags): readonly string[] {
  const keys = Object.keys(tags).sort();
  return keys.flatMap((key) => [key, tags[key] ?? ""]);
}

/** Services as they travel. */
export function servicesToWire(services: readonly Service[]): WireValue {
  return services.map(serviceToWire);
}

/** Tags within their bounds. @throws WireError `field` */
export function parseTags(value: unknown): Tags {
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

/** Services within their bounds. @throws WireError `field` */
export function parseServices(value: unknown, reading: Reading): readonly Service[] {
  return Object.freeze(
    arrayField(value, "services", 0).map((service) => parseService(service, reading)),
  );
}

function serviceComplaint(service: Service): string | undefined {
  const { name, port, weight, tags, meta, maintenance } = service;
  if (!isName(name)) return "must be 1 to 64 of A-Z a-z 0-9 . _ -";
  if (!isWithin(port, 65_535)) return `has port ${port}; it must be from 1 to 65535`;
  if (!isWithin(weight, SERVICE_WEIGHT_MAX)) {
    return `has weight ${weight}; it must be from 1 to ${SERVICE_WEIGHT_MAX}`;
  }
  if (maintenance !== undefined && !isTagValue(maintenance)) {
    return "has a reason of its maintenance that must not contain control characters";
  }
  const wrong = tags.find((tag) => !isName(tag));
  if (wrong !== undefined) return `has tag "${wrong}"; it must be 1 to 64 of A-Z a-z 0-9 . _ -`;
  const complaint = pairsComplaint(meta, "meta");
  return complaint === undefined ? undefined : `has ${complaint}`;
}

function pairsComplaint(pairs: Tags, what: string): string | undefined {
  for (const [key, value] of Object.entries(pairs)) {
    if (!isTagKey(key)) return `${what} key "${key}" must be 1 to 64 of A-Z a-z 0-9 . _ / -`;
    if (!isTagValue(value)) return `${what} "${key}" must not contain control characters`;
  }
  return undefined;
}

function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}

// What is as usual at the end is left out, so that a plain service takes a name and a port, and has one encoding.
function serviceToWire(service: Service): WireValue {
  const { name, port, health, weight, tags, meta, maintenance } = service;
  const fields: WireValue[] = [
    name,
    port,
    HEALTHS.indexOf(health),
    weight,
    [...tags],
    tagsToWire(meta),
    maintenance ?? "",
  ];
  const isUsual = [
    true,
    true,
    health === "passing",
    weight === SERVICE_WEIGHT_DEFAULT,
    tags.length === 0,
    Object.keys(meta).length === 0,
    maintenance === undefined,
  ];
  while (isUsual[fields.length - 1] && fields.length > 2) fields.pop();
  return fields;
}

function parseService(value: unknown, reading: Reading): Service {
  const [name, port, health, weight, tags, meta, maintenance] = arrayField(value, "service", 2);
  const why = optionalField(maintenance, "service maintenance", "string", maintenanceField);
  // What a health of a newer version means is not known, and the service says no more of itself.
  const healthField = (code: unknown) => numberedField(code, "health", HEALTHS, reading);
  return Object.freeze({
    name: nameField(name, "service name"),
    port: portField(port, "service port"),
    health: typeof health === "number" ? (healthField(health) ?? "unknown") : "passing",
    weight:
      optionalField(weight, "service weight", "number", weightField) ?? SERVICE_WEIGHT_DEFAULT,
    tags: Object.freeze(optionalField(tags, "service tags", "array", serviceTagsField) ?? []),
    meta: optionalField(meta, "service meta", "array", parseTags) ?? parseTags([]),
    ...(why !== undefined && why !== "" && { maintenance: why }),
  });
}

function weightField(value: unknown, what: string): number {
  return integerField(value, what, 1, SERVICE_WEIGHT_MAX);
}

function serviceTagsField(value: unknown, what: string): readonly string[] {
  return arrayField(value, what, 0).map((tag) => nameField(tag, "service tag"));
}

function maintenanceField(value: unknown, what: string): string {
  return textField(value, what, isTagValue);
}
