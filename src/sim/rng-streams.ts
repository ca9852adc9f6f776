import { type Rng, seededRng } from "../core/primitives/rng.ts";

/** What a cluster draws numbers for: each has a stream, so that one does not change the others. */
export const STREAM = { network: 1, node: 2, startId: 3, timers: 4, tcp: 5 } as const;

/** The stream for a purpose; `index` tells apart those of several nodes. `rngSeed`: unsigned 32 bits. */
export function rngStream(
  rngSeed: number,
  purpose: (typeof STREAM)[keyof typeof STREAM],
  index = 0,
): Rng {
  return seededRng([rngSeed, purpose, index, 0]);
}
