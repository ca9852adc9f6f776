import { type Answer, encode } from "dns-packet";

const HEADER_BYTES = 12;
/** Type, class, time to live and length of the data, between the name of a record and its data. */
const RECORD_HEAD_BYTES = 10;
/** Priority, weight and port, before the target of an SRV record. */
const SRV_HEAD_BYTES = 6;
/** A pointer has 14 bits (RFC 1035, 4.1.4). */
const POINTER = 0xc000;
const A = 1;
const SRV = 33;
const CLASS_IN = 1;
const DOT = ".".charCodeAt(0);

interface State {
  readonly length: number;
  readonly chunks: number;
}

/**
 * Appends records to the question of a response, as many as `bytesMax` holds. Names are compressed, which halves the records
 * of a large pool: each owner is a pointer, but the target of an SRV record is written out (RFC 2782).
 */
export class RecordWriter {
  private readonly bytesMax: number;
  private readonly chunks: Buffer[] = [];
  private readonly offsets = new Map<string, number>();
  private length: number;

  /** @param questionEnd where the question ends that `name` is asked in */
  constructor(name: string, questionEnd: number, bytesMax: number) {
    this.length = questionEnd;
    this.bytesMax = bytesMax;
    this.note(labelsOf(name), HEADER_BYTES);
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get state(): State {
    return { length: this.length, chunks: this.chunks.length };
  }

  /** Takes back what was written since. */
  restore({ length, chunks }: State): void {
    this.length = length;
    this.chunks.length = chunks;
    for (const [suffix, offset] of this.offsets) if (offset >= length) this.offsets.delete(suffix);
  }

  /** Writes those that fit, in their order up to the first that does not; how many there were. */
  write(records: readonly Answer[]): number {
    let count = 0;
    while (count < records.length && this.append(records[count] as Answer)) count += 1;
    return count;
  }

  private append(record: Answer): boolean {
    const known = this.offsets.get(record.name);
    const labels = known === undefined ? labelsOf(record.name) : [];
    const owner = known === undefined ? this.compress(labels) : pointerTo(known);
    const rest = bytesBehindOwner(record);
    const bytes = owner.length + rest.length;
    if (this.length + bytes > this.bytesMax) return false;
    this.note(labels, this.length, owner.length);
    if (record.type === "SRV") {
      const at = this.length + owner.length + RECORD_HEAD_BYTES + SRV_HEAD_BYTES;
      this.note(labelsOf(record.data.target), at);
    }
    this.chunks.push(owner, rest);
    this.length += bytes;
    return true;
  }

  /** The name with a pointer in place of its longest end that was written before. */
  private compress(labels: readonly string[]): Buffer {
    const own: Buffer[] = [];
    for (let at = 0; at < labels.length; at++) {
      const offset = this.offsets.get(labels.slice(at).join("."));
      if (offset !== undefined) return Buffer.concat([...own, pointerTo(offset)]);
      const label = Buffer.from(labels[at] as string, "latin1");
      own.push(Buffer.from([label.length]), label);
    }
    return Buffer.concat([...own, Buffer.from([0])]);
  }

  /** Remembers where each end of a name lies that was written out at `offset`, over `bytes` of its own. */
  private note(labels: readonly string[], offset: number, bytes = Number.POSITIVE_INFINITY): void {
    let at = offset;
    for (let first = 0; first < labels.length; first++) {
      const suffix = labels.slice(first).join(".");
      // What a pointer stands for, or cannot reach, is no place to point to.
      if (at - offset + 2 >= bytes || at >= POINTER >> 2) return;
      // Then so are the ends of this one.
      if (this.offsets.has(suffix)) return;
      this.offsets.set(suffix, at);
      at += (labels[first] as string).length + 1;
    }
  }
}

/** What follows the name. A pool is made of two types of record: those are written here, in half the time. */
function bytesBehindOwner(record: Answer): Buffer {
  if (record.type === "SRV") {
    const { priority = 0, weight = 0, port, target } = record.data;
    const name = Buffer.from(`.${bareName(target)}.`, "latin1");
    for (let at = 0, next = 0; at < name.length - 1; at = next) {
      next = name.indexOf(DOT, at + 1);
      name[at] = next - at - 1;
    }
    name[name.length - 1] = 0;
    const bytes = headOf(SRV, record.ttl ?? 0, SRV_HEAD_BYTES + name.length);
    bytes.writeUInt16BE(priority, RECORD_HEAD_BYTES);
    bytes.writeUInt16BE(weight, RECORD_HEAD_BYTES + 2);
    bytes.writeUInt16BE(port, RECORD_HEAD_BYTES + 4);
    name.copy(bytes, RECORD_HEAD_BYTES + SRV_HEAD_BYTES);
    return bytes;
  }
  if (record.type === "A") {
    const octets = record.data.split(".").map(Number);
    const bytes = headOf(A, record.ttl ?? 0, octets.length);
    bytes.set(octets, RECORD_HEAD_BYTES);
    return bytes;
  }
  const plain = encode({ type: "response", answers: [record] });
  const { length } = bareName(record.name);
  return plain.subarray(HEADER_BYTES + (length === 0 ? 1 : length + 2));
}

/** Type, class IN, time to live and length of the data, with room for that. */
function headOf(type: number, ttl: number, dataBytes: number): Buffer {
  const bytes = Buffer.alloc(RECORD_HEAD_BYTES + dataBytes);
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(CLASS_IN, 2);
  bytes.writeUInt32BE(ttl, 4);
  bytes.writeUInt16BE(dataBytes, 8);
  return bytes;
}

function labelsOf(name: string): string[] {
  const bare = bareName(name);
  return bare === "" ? [] : bare.split(".");
}

function bareName(name: string): string {
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function pointerTo(offset: number): Buffer {
  const pointer = POINTER | offset;
  return Buffer.from([pointer >>> 8, pointer & 0xff]);
}
