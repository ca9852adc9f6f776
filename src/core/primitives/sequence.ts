import { halfSipHash } from "./hash.ts";
import type { Rng } from "./rng.ts";

/**
 * The sequence numbers of one node's questions: unsigned 32 bits, shared by all kinds, never 0. With
 * a secret nobody can guess them, whoever got earlier ones: so an answer shows that its sender
 * received the question. They begin anywhere, so that an answer to an earlier run of this process is
 * not taken for one to this.
 */
export class Sequence {
  /** Behind what cannot be guessed: how many numbers were given out. */
  private readonly words: Uint32Array;

  /** @param secret unsigned 32-bit numbers; simulations need none */
  constructor(rng: Rng, secret: readonly number[] = []) {
    this.words = Uint32Array.from([rng.next() * 0x1_0000_0000, ...secret, 0]);
  }

  /** The next number. */
  next(): number {
    const at = this.words.length - 1;
    this.words[at] = (this.words[at] ?? 0) + 1;
    return halfSipHash(new Uint8Array(this.words.buffer)).low || 1;
  }
}
