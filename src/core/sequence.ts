/** The sequence numbers of one node's questions: unsigned 32 bits, shared by all kinds, never 0. */
export class Sequence {
  private last = 0;

  next(): number {
    this.last = (this.last + 1) >>> 0 || 1;
    return this.last;
  }
}
