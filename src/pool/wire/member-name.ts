import { WireError } from "../../core/errors.ts";
import type { MemberName } from "../../core/member.ts";
import { utf8Bytes } from "../../core/primitives/utf8.ts";

/** Most bytes of a member's name in a pool. memberlist sets no limit; longer ones are dropped. */
export const POOL_NAME_BYTES_MAX = 255;

// A byte that is not part of valid UTF-8 becomes this lone surrogate plus its value: no text holds one.
const ESCAPE = 0xdc00;

/**
 * The name as a string: UTF-8, and each byte that is not valid UTF-8 as one lone surrogate, so that
 * `nameBytes` gives back exactly these bytes. A member answers only to its exact name.
 *
 * @throws WireError `name` where there are none or more than 255 bytes
 */
export function nameOf(bytes: Uint8Array): MemberName {
  if (bytes.length === 0 || bytes.length > POOL_NAME_BYTES_MAX) throw new WireError("name");
  let name = "";
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLengthAt(bytes, at);
    if (length === 0) {
      name += String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
      at += 1;
      continue;
    }
    name += String.fromCodePoint(codePointAt(bytes, at, length));
    at += length;
  }
  return name;
}

/** The bytes that `nameOf` took. */
export function nameBytes(name: MemberName): Uint8Array {
  if (!/[\udc80-\udcff]/.test(name)) return utf8Bytes(name);
  const bytes: number[] = [];
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0;
    if (code >= ESCAPE && code <= ESCAPE + 0xff) bytes.push(code - ESCAPE);
    else bytes.push(...utf8Bytes(character));
  }
  return Uint8Array.from(bytes);
}

/** Bytes of the valid UTF-8 sequence at that place (RFC 3629, the shortest form only); 0 for none. */
function sequenceLengthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const code = codePointAt(bytes, at, length);
  const isShortest = code >= (length === 4 ? 0x10000 : length === 3 ? 0x800 : 0x80);
  const isScalar = code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isShortest && isScalar ? length : 0;
}

function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  const lead = bytes[at] ?? 0;
  if (length === 1) return lead;
  let code = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) code = (code << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return code;
}
