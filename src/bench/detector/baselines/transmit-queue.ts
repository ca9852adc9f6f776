import type { BaselineUpdate } from "./baseline-message.ts";
import { PART_BYTES, updateBytes } from "./baseline-message.ts";

interface Owed {
  readonly key: string;
  readonly update: BaselineUpdate;
  readonly bytes: number;
  sends: number;
  isReplaced: boolean;
}

/**
 * memberlist's TransmitLimitedQueue: updates sent least often go first, the newest of them first,
 * each `retransmitMult`·⌈log10(n+1)⌉ times. A new update replaces the older one of its key.
 */
export class TransmitQueue {
  /** By how often they were sent; the newest last. */
  private readonly tiers: Owed[][] = [];
  private readonly byKey = new Map<string, Owed>();
  private readonly retransmitMult: number;
  private readonly memberCount: () => number;

  constructor(retransmitMult: number, memberCount: () => number) {
    this.retransmitMult = retransmitMult;
    this.memberCount = memberCount;
  }

  get isEmpty(): boolean {
    return this.byKey.size === 0;
  }

  add(key: string, update: BaselineUpdate): void {
    const replaced = this.byKey.get(key);
    if (replaced !== undefined) replaced.isReplaced = true;
    const bytes = updateBytes(update) + PART_BYTES;
    const owed: Owed = { key, update, bytes, sends: 0, isReplaced: false };
    this.byKey.set(key, owed);
    this.put(owed);
  }

  /** As many as fit into `bytesFree`; they count as sent. */
  take(bytesFree: number): BaselineUpdate[] {
    if (this.isEmpty) return [];
    const taken: Owed[] = [];
    let free = bytesFree;
    for (const tier of this.tiers) {
      for (let owed = tier.at(-1); owed !== undefined; owed = tier.at(-1)) {
        if (!owed.isReplaced && owed.bytes > free) break;
        tier.pop();
        if (owed.isReplaced) continue;
        taken.push(owed);
        free -= owed.bytes;
      }
    }
    this.countSends(taken);
    return taken.map(({ update }) => update);
  }

  private countSends(taken: readonly Owed[]): void {
    const sendsMax = this.retransmitMult * Math.ceil(Math.log10(this.memberCount() + 1));
    // Backwards, so that the newest stands last again.
    for (const owed of taken.toReversed()) {
      owed.sends++;
      if (owed.sends < sendsMax) this.put(owed);
      else this.byKey.delete(owed.key);
    }
  }

  private put(owed: Owed): void {
    while (this.tiers.length <= owed.sends) this.tiers.push([]);
    this.tiers[owed.sends]?.push(owed);
  }
}
