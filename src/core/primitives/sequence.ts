import type { Rng } from "./rng.ts";

/**
 * The sequence numbers of one node's questions: unsigned 32 bits, shared by all kinds, never 0.
 * They begin anywhere, so that an answer to an earlier run of this process is not taken for one to
 * this.
 */
export class Sequence {
  private last: number;

  constructor(rng: Rng) {
    this.last = Math.floor(rng.next() * 0x1_0000_0000);
  }

  /** The next number. */
  next(): number {
    this.last = (this.last + 1) >>> 0 || 1;
    return this.last;
  }
}
