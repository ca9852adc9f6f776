import { ConfigError } from "../../core/errors.ts";
import { type MemberName, plainService, type Service, type Tags } from "../../core/member.ts";
import type { PoolReader } from "../core/pool-reader.ts";
import { decodeSerfMessage, decodeSerfTags, leftMembersOf, SERF_TAGS_MAGIC } from "../wire/serf.ts";

/** The engines above memberlist that a guest knows by what their members announce. */
export const POOL_KINDS = ["serf", "consul", "alertmanager", "grafana", "memberlist"] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

/** Which tag names a member's service, and where its port stands: a number, or another tag. */
export interface ServiceMapping {
  readonly tag: string;
  readonly port: number | string;
}

/** How another engine's bytes become tags and services. */
interface PoolDialect {
  tags(meta: Uint8Array): Tags;
  readonly leaving?: NonNullable<PoolReader["leaving"]>;
}

const GRAFANA_VERSION = 1;
const GRAFANA_ROLES: readonly string[] = ["member", "bridge"];
const TAG_VALUE_MAX = 512;
// One label of a domain name: what DNS cannot carry would be found over HTTP alone.
const SERVICE_NAME = /^[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;

const SERF: PoolDialect = {
  tags: decodeSerfTags,
  leaving: {
    inMessage: (bytes) => leavingIn(bytes),
    inUserState: (bytes) => calmly(() => leftMembersOf(bytes), []),
  },
};

const DIALECTS: Readonly<Record<PoolKind, PoolDialect>> = {
  serf: SERF,
  consul: SERF,
  alertmanager: { tags: plainTags },
  grafana: { tags: grafanaTags },
  memberlist: { tags: plainTags },
};

/**
 * `tag:port` as on a command line; `port` is a number, or the name of the tag that holds it.
 *
 * @throws ConfigError for anything else
 */
export function parseServiceMapping(text: string): ServiceMapping {
  const at = text.lastIndexOf(":");
  const [tag, port] = [text.slice(0, at), text.slice(at + 1)];
  const number = Number(port);
  const isNumber = /^\d+$/.test(port);
  if (at < 1 || port === "" || (isNumber && (number < 1 || number > 65_535))) {
    throw new ConfigError(
      `service-from: ${JSON.stringify(text)} is not tag:port, such as role:8080 (the tag that names the ` +
        "service, and its port) or role:http (the tag that holds the port)",
    );
  }
  return { tag, port: isNumber ? number : port };
}

/** The engine that such metadata come from, as far as they tell. */
export function kindOfMeta(meta: Uint8Array): PoolKind {
  if (meta[0] === SERF_TAGS_MAGIC) {
    const { role, dc } = calmly(() => decodeSerfTags(meta), {} as Tags);
    return dc !== undefined && (role === "consul" || role === "node") ? "consul" : "serf";
  }
  if (isGrafana(meta)) return "grafana";
  return meta.length === 0 ? "alertmanager" : "memberlist";
}

/** Reads what the members of such a pool announce, and which services that makes. */
export function createPoolReader(kind: PoolKind, mappings: readonly ServiceMapping[]): PoolReader {
  const { tags: readTags, leaving } = DIALECTS[kind];
  return {
    advertised: ({ meta }) => {
      const tags = calmly(() => readTags(meta), { meta: hex(meta) });
      return { tags, services: mappings.flatMap((mapping) => serviceOf(tags, mapping)) };
    },
    ...(leaving && { leaving }),
  };
}

function serviceOf(tags: Tags, { tag, port }: ServiceMapping): readonly Service[] {
  const name = tags[tag];
  const number = typeof port === "number" ? port : Number(tags[port]);
  const isUsable = Number.isInteger(number) && number > 0 && number < 65_536;
  return name !== undefined && SERVICE_NAME.test(name) && isUsable
    ? [plainService(name, number)]
    : [];
}

function leavingIn(bytes: Uint8Array): readonly MemberName[] {
  const message = calmly(() => decodeSerfMessage(bytes), undefined);
  return message?.kind === "leave" ? [message.member] : [];
}

/** Text as it is, bytes in hex: nothing is known of what they mean. */
function plainTags(meta: Uint8Array): Tags {
  if (meta.length === 0) return {};
  const text = new TextDecoder().decode(meta);
  return { meta: /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text) ? text : hex(meta) };
}

/** `01 role zonelen zone`. */
function grafanaTags(meta: Uint8Array): Tags {
  if (!isGrafana(meta)) return plainTags(meta);
  const role = GRAFANA_ROLES[(meta[1] ?? 0) - 1] ?? String(meta[1]);
  const zone = new TextDecoder().decode(meta.subarray(3));
  return zone === "" ? { role } : { role, zone };
}

function isGrafana(meta: Uint8Array): boolean {
  return meta[0] === GRAFANA_VERSION && meta.length >= 3 && meta.length === 3 + (meta[2] ?? 0);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex").slice(0, TAG_VALUE_MAX);
}

/** Bytes of a peer that cannot be read are no reason to stop. */
function calmly<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
