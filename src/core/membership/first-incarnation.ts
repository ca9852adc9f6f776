/**
 * Where a start begins at most, in 2097: above it there has to be room to outrank what is said, and
 * no honest steps come near the end of 32 bits.
 */
export const INCARNATION_START_MAX = 0xf000_0000;

/**
 * The incarnation to start with: above every one used before, also where the clock was set back
 * between two starts (docs/protocol.md §12, rule 14). A clock that is far off costs nothing but a
 * proof (`FarClaims`).
 */
export function firstIncarnation(startedAtS: number, savedIncarnation: number | undefined): number {
  const second = Math.max(0, Math.min(startedAtS, INCARNATION_START_MAX));
  return Math.max(second, (savedIncarnation ?? 0) + 1);
}
