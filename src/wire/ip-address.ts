const IPV4_BYTES = 4;
const IPV6_BYTES = 16;
// An IPv4 address inside an IPv6 one begins so.
const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
const OCTET = /^(0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-fA-F]{1,4}$/;

/** A numeric IPv4 or IPv6 address (no zone) as 4 or 16 bytes; undefined for anything else. */
export function parseIp(text: string): Uint8Array | undefined {
  const bytes = text.includes(":") ? parseIpv6(text) : parseIpv4(text);
  return bytes === undefined ? undefined : Uint8Array.from(bytes);
}

/**
 * The text of an address, in the one form that the operating system uses too (RFC 5952, IPv4-mapped ones with dots),
 * so that endpoints can be compared as text.
 */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === IPV4_BYTES) return bytes.join(".");
  if (isMapped(bytes)) return `::ffff:${bytes.subarray(MAPPED.length).join(".")}`;
  return formatGroups(
    Array.from({ length: IPV6_BYTES / 2 }, (_, i) => {
      return ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0);
    }),
  );
}

/** Whether datagrams may be sent there: not the unspecified address, not multicast, not broadcast. */
export function isUnicast(bytes: Uint8Array): boolean {
  const [first = 0] = bytes;
  if (bytes.length === IPV4_BYTES) {
    return first !== 0 && (first < 224 || first >= 240) && !allAre(bytes, 255);
  }
  if (isMapped(bytes)) return isUnicast(bytes.subarray(MAPPED.length));
  return first !== 0xff && !allAre(bytes, 0);
}

/** Whether a bin has the length of an address. */
export function isIpLength(length: number): boolean {
  return length === IPV4_BYTES || length === IPV6_BYTES;
}

function isMapped(bytes: Uint8Array): boolean {
  return MAPPED.every((byte, at) => bytes[at] === byte);
}

function allAre(bytes: Uint8Array, value: number): boolean {
  return bytes.every((byte) => byte === value);
}

function parseIpv4(text: string): number[] | undefined {
  const octets = text.split(".");
  const isNumeric = octets.length === IPV4_BYTES && octets.every((octet) => OCTET.test(octet));
  const bytes = octets.map(Number);
  return isNumeric && bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function parseIpv6(text: string): number[] | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "");
  const tail = parseGroups(halves[1] ?? "");
  if (head === undefined || tail === undefined) return undefined;
  const missing = IPV6_BYTES - head.length - tail.length;
  const isWhole = halves.length === 2 ? missing >= 2 : missing === 0;
  return isWhole ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined;
}

function parseGroups(text: string): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [index, group] of groups.entries()) {
    const isLast = index === groups.length - 1;
    const part = isLast && group.includes(".") ? parseIpv4(group) : parseGroup(group);
    if (part === undefined) return undefined;
    bytes.push(...part);
  }
  return bytes;
}

function parseGroup(group: string): number[] | undefined {
  if (!GROUP.test(group)) return undefined;
  const value = Number.parseInt(group, 16);
  return [value >>> 8, value & 0xff];
}

function formatGroups(groups: readonly number[]): string {
  const hex = groups.map((group) => group.toString(16));
  const { start, length } = longestZeroRun(groups);
  if (length < 2) return hex.join(":");
  return `${hex.slice(0, start).join(":")}::${hex.slice(start + length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [index, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: index - length + 1, length };
  }
  return best;
}
