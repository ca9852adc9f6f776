import { WireError } from "../../core/errors.ts";
import type { Endpoint } from "../../core/member.ts";
import { formatIp, isIpLength, parseIp } from "../../wire/ip-address.ts";
import { nameOf } from "./member-name.ts";
import type { PoolRecord } from "./messages.ts";
import type { RawReader } from "./raw-reader.ts";

/** memberlist's own limit. */
const META_BYTES_MAX = 512;
const MAPPED = "::ffff:";

/** Numbers of 32 bits: incarnations and the numbers of requests. */
export const UINT32_MAX = 0xffffffff;
export const PORT_MAX = 0xffff;

const NOTHING = new Uint8Array();

/** The fields of a record, as they come one by one. */
export class RecordDraft {
  private name: Uint8Array = NOTHING;
  private address: Uint8Array = NOTHING;
  private meta: Uint8Array = NOTHING;
  private versions: Uint8Array = NOTHING;
  private port = 0;
  private incarnation = 0;

  /** Reads the value of that key; false for a key that belongs to no record. */
  read(key: string, reader: RawReader): boolean {
    switch (key) {
      case "Node":
      case "Name":
        this.name = reader.raw();
        return true;
      case "Addr":
        this.address = reader.raw();
        return true;
      case "Port":
        this.port = reader.unsigned(PORT_MAX);
        return true;
      case "Meta":
        this.meta = reader.raw();
        return true;
      case "Incarnation":
        this.incarnation = reader.unsigned(UINT32_MAX);
        return true;
      case "Vsn":
        this.versions = reader.raw();
        return true;
      default:
        return false;
    }
  }

  /** @throws WireError where it lacks a name or an address, or its metadata is too long */
  record(): PoolRecord {
    if (this.meta.length > META_BYTES_MAX) throw new WireError("meta");
    return {
      name: nameOf(this.name),
      endpoint: endpointOf(this.address, this.port),
      incarnation: this.incarnation,
      // The packet's buffer is shared with others: what is kept must not keep all of it.
      meta: new Uint8Array(this.meta),
      versions: new Uint8Array(this.versions),
    };
  }
}

/** The address of 4 or 16 bytes; an IPv4 address in 16 bytes is an IPv4 address. */
export function endpointOf(address: Uint8Array, port: number): Endpoint {
  if (!isIpLength(address.length) || port === 0) throw new WireError("address");
  const host = formatIp(address);
  const isMapped = host.startsWith(MAPPED) && host.includes(".");
  return { host: isMapped ? host.slice(MAPPED.length) : host, port };
}

/** The bytes of a numeric host. */
export function addressBytes({ host }: Endpoint): Uint8Array {
  const bytes = parseIp(host);
  if (bytes === undefined) throw new WireError("address", host);
  return bytes;
}
