/** Up to here an endpoint has its whole weight: one silence in ten reaches it in peace. */
const PHI_USUAL = 1;
/** What is left at the limit, so that an endpoint that is still in is still asked. */
const SHARE_LEAST = 0.05;

/**
 * The weight of an endpoint whose member is at `phi`: all of `base` up to phi 1, then falling in a straight line to a
 * twentieth at `phiLimit`, where the consumer would leave it out: traffic moves away before it is cut off.
 *
 * @returns a whole number, at least 1
 */
export function endpointWeight(base: number, phi: number | null, phiLimit: number): number {
  if (phi === null || phi <= PHI_USUAL || phiLimit <= PHI_USUAL) return base;
  const share = (phiLimit - phi) / (phiLimit - PHI_USUAL);
  return Math.max(1, Math.round(base * Math.max(SHARE_LEAST, share)));
}
