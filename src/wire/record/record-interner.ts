import type { MemberName, MemberRecord } from "../../core/member.ts";

/** Remembers records by their bytes, so that equal ones are one object. */
export interface RecordInterner {
  get(bytes: string): MemberRecord | undefined;
  put(bytes: string, record: MemberRecord): void;
}

/** Of one member: the newest, and those before it that still travel. The records of its earlier starts would fill the memory. */
const RECORDS_OF_ONE_MAX = 4;

/**
 * Keeps the records used last: at least `recordsMax`, at most twice that, and of each member the newest. Simulated nodes
 * share one, so that a thousand views of a thousand members hold a thousand records.
 */
export function createRecordInterner(recordsMax = 8192): RecordInterner {
  return new TwoGenerations(recordsMax);
}

// When the young generation is full it becomes the old one; what is used again moves back to the young one.
class TwoGenerations implements RecordInterner {
  private young = new Generation();
  private old = new Generation();
  private readonly recordsMax: number;

  constructor(recordsMax: number) {
    this.recordsMax = recordsMax;
  }

  get(bytes: string): MemberRecord | undefined {
    const found = this.young.records.get(bytes);
    if (found !== undefined) return found;
    const aged = this.old.records.get(bytes);
    if (aged !== undefined) this.put(bytes, aged);
    return aged;
  }

  put(bytes: string, record: MemberRecord): void {
    if (this.young.records.size >= this.recordsMax) {
      this.old = this.young;
      this.young = new Generation();
    }
    this.young.put(bytes, record);
  }
}

class Generation {
  readonly records = new Map<string, MemberRecord>();
  private readonly bytesOf = new Map<MemberName, string[]>();

  put(bytes: string, record: MemberRecord): void {
    if (this.records.has(bytes)) return;
    this.records.set(bytes, record);
    const known = this.bytesOf.get(record.name);
    if (known === undefined) {
      this.bytesOf.set(record.name, [bytes]);
      return;
    }
    known.push(bytes);
    if (known.length <= RECORDS_OF_ONE_MAX) return;
    this.records.delete(known.shift() ?? "");
  }
}
