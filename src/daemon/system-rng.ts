import { randomBytes } from "node:crypto";
import { type Rng, seededRng } from "../core/primitives/rng.ts";

/** Random numbers that no other process has. */
export function systemSeededRng(): Rng {
  const bytes = randomBytes(16);
  const word = (at: number) => bytes.readUInt32LE(at);
  return seededRng([word(0), word(4), word(8), word(12)]);
}
