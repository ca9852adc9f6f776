import { WireError } from "../../core/errors.ts";

// Go's compress/lzw with the least significant bit first and literals of 8 bits.
const CLEAR = 256;
const END = 257;
const WIDTH_MIN = 9;
const WIDTH_MAX = 12;
const CODES = 1 << WIDTH_MAX;
const NONE = 0xffff;

/**
 * Inflates LZW slice by slice, so that no input holds the event loop for long. It never holds more
 * than `bytesMax` bytes.
 */
export class LzwInflater {
  private readonly input: Uint8Array;
  private readonly bytesMax: number;
  private output: Uint8Array;
  private length = 0;
  private isDone = false;
  private readonly suffix = new Uint8Array(CODES);
  private readonly prefix = new Uint16Array(CODES);
  /** How long the text of each code is. */
  private readonly lengths = new Uint32Array(CODES);
  private at = 0;
  private bits = 0;
  private bitCount = 0;
  private width = WIDTH_MIN;
  private next = END;
  private last = NONE;

  constructor(input: Uint8Array, bytesMax: number) {
    this.input = input;
    this.bytesMax = bytesMax;
    this.output = new Uint8Array(Math.min(bytesMax, Math.max(512, input.length * 4)));
  }

  /**
   * Goes on until so many more bytes have come out, or have been read: some codes bring nothing out.
   * Returns whether that was the end.
   *
   * @throws WireError `lzw` for a broken stream, `bomb` beyond `bytesMax`
   */
  inflate(bytes: number): boolean {
    const stopAt = this.length + bytes;
    const readUpTo = this.at + bytes;
    while (!this.isDone && this.length < stopAt && this.at < readUpTo) this.readCode();
    return this.isDone;
  }

  /** What has come out so far. */
  result(): Uint8Array {
    return this.output.subarray(0, this.length);
  }

  private readCode(): void {
    const code = this.nextBits();
    if (code === CLEAR) {
      this.width = WIDTH_MIN;
      this.next = END;
      this.last = NONE;
      return;
    }
    if (code === END) {
      this.isDone = true;
      return;
    }
    if (code > this.next) throw new WireError("lzw", "a code that is not yet known");
    this.write(code);
    this.last = code;
    this.next += 1;
    if (this.next < 1 << this.width) return;
    if (this.width < WIDTH_MAX) this.width += 1;
    else {
      // The table is full: nothing is added before the next clear code.
      this.last = NONE;
      this.next -= 1;
    }
  }

  private write(code: number): void {
    const { last, next } = this;
    const isNew = code === next && last !== NONE;
    const known = isNew ? last : code;
    const length = this.lengthOf(known) + (isNew ? 1 : 0);
    this.reserve(length);
    let at = this.length + length - 1;
    if (isNew) at -= 1;
    let rest = known;
    for (; rest >= CLEAR; rest = this.prefix[rest] ?? 0) this.output[at--] = this.suffix[rest] ?? 0;
    this.output[at] = rest;
    if (isNew) this.output[this.length + length - 1] = rest;
    this.length += length;
    if (last === NONE) return;
    this.suffix[next] = rest;
    this.prefix[next] = last;
    this.lengths[next] = this.lengthOf(last) + 1;
  }

  private lengthOf(code: number): number {
    return code < CLEAR ? 1 : (this.lengths[code] ?? 0);
  }

  private reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted > this.bytesMax) throw new WireError("bomb");
    if (wanted <= this.output.length) return;
    const grown = new Uint8Array(Math.min(this.bytesMax, Math.max(wanted, 2 * this.output.length)));
    grown.set(this.output);
    this.output = grown;
  }

  private nextBits(): number {
    while (this.bitCount < this.width) {
      const byte = this.input[this.at++];
      if (byte === undefined) throw new WireError("lzw", "cut off");
      this.bits |= byte << this.bitCount;
      this.bitCount += 8;
    }
    const code = this.bits & ((1 << this.width) - 1);
    this.bits >>>= this.width;
    this.bitCount -= this.width;
    return code;
  }
}

/** The same bytes that Go's writer makes. */
export function deflateLzw(input: Uint8Array): Uint8Array {
  const out: number[] = [];
  const table = new Map<number, number>();
  let bits = 0;
  let bitCount = 0;
  let width = WIDTH_MIN;
  let newest = END;
  const write = (code: number): void => {
    bits |= code << bitCount;
    bitCount += width;
    for (; bitCount >= 8; bitCount -= 8) {
      out.push(bits & 0xff);
      bits >>>= 8;
    }
  };
  /** Takes the next code; false where there is none left, and all begins anew. */
  const advance = (): boolean => {
    newest += 1;
    if (newest === 1 << width) width += 1;
    if (newest < CODES - 1) return true;
    write(CLEAR);
    width = WIDTH_MIN;
    newest = END;
    table.clear();
    return false;
  };
  write(CLEAR);
  let code = NONE;
  for (const literal of input) {
    if (code === NONE) {
      code = literal;
      continue;
    }
    const key = (code << 8) | literal;
    const hit = table.get(key);
    if (hit !== undefined) {
      code = hit;
      continue;
    }
    write(code);
    code = literal;
    if (advance()) table.set(key, newest);
  }
  if (code !== NONE) {
    write(code);
    advance();
  }
  write(END);
  if (bitCount > 0) out.push(bits & 0xff);
  return Uint8Array.from(out);
}
