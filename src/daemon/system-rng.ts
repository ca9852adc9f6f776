import { randomBytes } from "node:crypto";
import { type Rng, seededRng } from "../core/primitives/rng.ts";

/** Random numbers that no other process has. */
export function systemSeededRng(): Rng {
  return seededRng(systemWords());
}

/** What a node needs of chance: random numbers, and a secret that these do not give away. */
export function systemChance(): { readonly rng: Rng; readonly secret: readonly number[] } {
  return { rng: systemSeededRng(), secret: systemWords() };
}

function systemWords(): [number, number, number, number] {
  const bytes = randomBytes(16);
  const word = (at: number) => bytes.readUInt32LE(at);
  return [word(0), word(4), word(8), word(12)];
}
