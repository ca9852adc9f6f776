import type { MemberRecord } from "../../core/member.ts";

/** Remembers records by their bytes, so that equal ones are one object. */
export interface RecordInterner {
  get(bytes: string): MemberRecord | undefined;
  put(bytes: string, record: MemberRecord): void;
}

/**
 * Keeps the records used last: at least `recordsMax`, at most twice that. Simulated nodes share one, so that a
 * thousand views of a thousand members hold a thousand records.
 */
export function createRecordInterner(recordsMax = 8192): RecordInterner {
  return new TwoGenerations(recordsMax);
}

// When the young generation is full it becomes the old one; what is used again moves back to the young one.
class TwoGenerations implements RecordInterner {
  private young = new Map<string, MemberRecord>();
  private old = new Map<string, MemberRecord>();
  private readonly recordsMax: number;

  constructor(recordsMax: number) {
    this.recordsMax = recordsMax;
  }

  get(bytes: string): MemberRecord | undefined {
    const found = this.young.get(bytes);
    if (found !== undefined) return found;
    const aged = this.old.get(bytes);
    if (aged !== undefined) this.put(bytes, aged);
    return aged;
  }

  put(bytes: string, record: MemberRecord): void {
    if (this.young.size >= this.recordsMax) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(bytes, record);
  }
}
