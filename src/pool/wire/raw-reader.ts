import { WireError } from "../../core/errors.ts";

// Bytes after the first one that say how long a value is, or that are the value.
const RAW_LENGTH_BYTES: Readonly<Record<number, number>> = {
  ...{ 196: 1, 197: 2, 198: 4 },
  ...{ 217: 1, 218: 2, 219: 4 },
};
const UNSIGNED_BYTES: Readonly<Record<number, number>> = { 204: 1, 205: 2, 206: 4, 207: 8 };
const FIXED_BYTES: Readonly<Record<number, number>> = {
  ...{ 192: 0, 194: 0, 195: 0, 202: 4, 203: 8 },
  ...{ 204: 1, 205: 2, 206: 4, 207: 8, 208: 1, 209: 2, 210: 4, 211: 8 },
  ...{ 212: 2, 213: 3, 214: 5, 215: 9, 216: 17 },
};
const EXTENSION_LENGTH_BYTES: Readonly<Record<number, number>> = { 199: 1, 200: 2, 201: 4 };
const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;

/** Values that are read of one buffer unless `allow` says otherwise: far more than any packet has. */
const VALUES_MAX_DEFAULT = 1 << 16;

/**
 * Reads MessagePack value by value, in the old form with raw bytes that memberlist writes, and in
 * the new one. What it gives are views into `bytes`: copy what is kept. It recurses nowhere, and
 * believes no announced count before the bytes are there. Millions of tiny values would hold the
 * event loop, so their number is bounded, too.
 *
 * Every method throws a WireError `garbage` where the next value is another one, is cut off, or is
 * one too many.
 */
export class RawReader {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private at: number;
  private valuesLeft = VALUES_MAX_DEFAULT;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** Where the next value begins. */
  get offset(): number {
    return this.at;
  }

  /** From here on so many values may be read. */
  allow(values: number): void {
    this.valuesLeft = values;
  }

  /** Pairs of the map that begins here; nil is an empty one. */
  mapLength(): number {
    const head = this.byte();
    if (head === NIL) return 0;
    if (head >= 0x80 && head <= 0x8f) return head & 0x0f;
    if (head === 0xde) return this.number(2);
    if (head === 0xdf) return this.number(4);
    throw garbage("no map");
  }

  /** Values of the array that begins here; nil is an empty one. */
  arrayLength(): number {
    const head = this.byte();
    if (head === NIL) return 0;
    if (head >= 0x90 && head <= 0x9f) return head & 0x0f;
    if (head === 0xdc) return this.number(2);
    if (head === 0xdd) return this.number(4);
    throw garbage("no array");
  }

  /** Raw bytes, a string or a binary; nil is an empty one. */
  raw(): Uint8Array {
    const head = this.byte();
    if (head === NIL) return this.take(0);
    if (head >= 0xa0 && head <= 0xbf) return this.take(head & 0x1f);
    const lengthBytes = RAW_LENGTH_BYTES[head];
    if (lengthBytes === undefined) throw garbage("no bytes");
    return this.take(this.number(lengthBytes));
  }

  /** A number of 0 to `max`. */
  unsigned(max: number): number {
    const head = this.byte();
    const size = UNSIGNED_BYTES[head];
    if (head >= 0x80 && size === undefined) throw garbage("no unsigned number");
    const value = size === undefined ? head : this.number(size);
    if (value > max) throw garbage("a number too high");
    return value;
  }

  boolean(): boolean {
    const head = this.byte();
    if (head !== TRUE && head !== FALSE) throw garbage("no boolean");
    return head === TRUE;
  }

  /** Passes over the next value, whatever it holds. */
  skip(): void {
    for (let pending = 1; pending > 0; pending--) pending += this.skipHead();
  }

  /** Each pair of the map that begins here: `read` takes the value of that key, or says false. */
  struct(read: (key: string) => boolean): void {
    for (let pairs = this.mapLength(); pairs > 0; pairs--) {
      const key = this.raw();
      const name = key.length > 32 ? "" : String.fromCharCode(...key);
      if (!read(name)) this.skip();
    }
  }

  /** Passes over one value without what it holds; returns how many values that is. */
  private skipHead(): number {
    const head = this.byte();
    if (head < 0x80 || head >= 0xe0) return 0;
    if (head <= 0x8f) return 2 * (head & 0x0f);
    if (head <= 0x9f) return head & 0x0f;
    if (head <= 0xbf) return this.pass(head & 0x1f);
    if (head === 0xdc || head === 0xdd) return this.number(head === 0xdc ? 2 : 4);
    if (head === 0xde || head === 0xdf) return 2 * this.number(head === 0xde ? 2 : 4);
    const fixed = FIXED_BYTES[head];
    if (fixed !== undefined) return this.pass(fixed);
    const raw = RAW_LENGTH_BYTES[head];
    if (raw !== undefined) return this.pass(this.number(raw));
    const extension = EXTENSION_LENGTH_BYTES[head];
    if (extension === undefined) throw garbage("no value");
    return this.pass(this.number(extension) + 1);
  }

  private pass(length: number): 0 {
    this.take(length);
    return 0;
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw garbage("cut off");
    if (this.valuesLeft-- <= 0) throw garbage("too many values");
    this.at += 1;
    return byte;
  }

  private number(size: number): number {
    const { at } = this;
    this.take(size);
    if (size === 1) return this.view.getUint8(at);
    if (size === 2) return this.view.getUint16(at);
    if (size === 4) return this.view.getUint32(at);
    return this.view.getUint32(at) * 2 ** 32 + this.view.getUint32(at + 4);
  }

  private take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.bytes.length) throw garbage("cut off");
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }
}

function garbage(detail: string): WireError {
  return new WireError("garbage", detail);
}
