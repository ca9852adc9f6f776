/** What a guest says: maps of numbers, truth values and raw bytes. */
export type RawValue = number | boolean | Uint8Array | null;

/**
 * A struct in the old MessagePack: strings and bytes are both raw. Keys are ASCII of at most 31
 * characters, numbers are unsigned and of at most 32 bits. Keys are written in the given order;
 * memberlist sorts them.
 */
export function packStruct(fields: Readonly<Record<string, RawValue>>): Uint8Array {
  const entries = Object.entries(fields);
  const bytes: number[] = [0x80 | entries.length];
  for (const [key, value] of entries) {
    bytes.push(0xa0 | key.length, ...Array.from(key, (letter) => letter.charCodeAt(0)));
    pushValue(bytes, value);
  }
  return Uint8Array.from(bytes);
}

function pushValue(bytes: number[], value: RawValue): void {
  if (value === null) bytes.push(0xc0);
  else if (typeof value === "boolean") bytes.push(value ? 0xc3 : 0xc2);
  else if (typeof value === "number") pushUnsigned(bytes, value);
  else pushRaw(bytes, value);
}

function pushUnsigned(bytes: number[], value: number): void {
  if (value < 0x80) bytes.push(value);
  else if (value < 0x100) bytes.push(0xcc, value);
  else if (value < 0x10000) bytes.push(0xcd, value >>> 8, value & 0xff);
  else {
    bytes.push(0xce, value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }
}

// The old form has no length of one byte.
function pushRaw(bytes: number[], raw: Uint8Array): void {
  const { length } = raw;
  if (length < 32) bytes.push(0xa0 | length);
  else if (length < 0x10000) bytes.push(0xda, length >>> 8, length & 0xff);
  else {
    bytes.push(0xdb, length >>> 24, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
  }
  for (const byte of raw) bytes.push(byte);
}
