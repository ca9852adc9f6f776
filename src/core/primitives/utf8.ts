/**
 * Bytes that `text` takes in UTF-8. A lone surrogate counts as the replacement character, three
 * bytes.
 */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += sequenceLength(character.codePointAt(0) ?? 0);
  return bytes;
}

/** `text` in UTF-8 (RFC 3629). The core has no TextEncoder. */
export function utf8Bytes(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  let at = 0;
  for (const character of text) at = writeCodePoint(bytes, at, scalarValue(character));
  return bytes;
}

const REPLACEMENT = 0xfffd;

function scalarValue(character: string): number {
  const code = character.codePointAt(0) ?? REPLACEMENT;
  return code >= 0xd800 && code <= 0xdfff ? REPLACEMENT : code;
}

function sequenceLength(code: number): number {
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}

function writeCodePoint(bytes: Uint8Array, at: number, code: number): number {
  const length = sequenceLength(code);
  if (length === 1) {
    bytes[at] = code;
    return at + 1;
  }
  for (let i = length - 1; i > 0; i--)
    bytes[at + i] = 0x80 | ((code >> (6 * (length - 1 - i))) & 0x3f);
  const lead = (0xf00 >> length) & 0xff;
  bytes[at] = lead | (code >> (6 * (length - 1)));
  return at + length;
}
