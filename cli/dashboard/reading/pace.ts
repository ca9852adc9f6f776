import type { Millis } from "../../../src/core/member.ts";
import type { Picture } from "../picture/picture.ts";

/** How long after one reading the next one begins. */
export interface Pace {
  readonly membersMs: Millis;
  readonly viewsMs: Millis;
}

/** Phi that is worth watching climb: a lively member passes it once in a hundred intervals. */
const RESTLESS_PHI = 2;
/** A suspicion that stands for longer is no news. */
const SUSPENSE_MS: Millis = 20_000;
const FEW = 50;
const MANY = 250;

/**
 * Events come by themselves; what is read in between is phi, which grows with silence alone. So it is read often while
 * somebody is silent, and seldom otherwise. A large cluster costs more a reading and is read less often.
 */
export function choosePace(picture: Picture): Pace {
  const members = picture.members?.body.members ?? [];
  const isRestless = members.some(
    ({ state, stateForMs, phi }) =>
      (state === "suspect" && stateForMs < SUSPENSE_MS) ||
      (state === "alive" && (phi ?? 0) >= RESTLESS_PHI),
  );
  const count = members.length;
  const sizeFactor = count <= FEW ? 1 : count <= MANY ? 2 : 4;
  return {
    membersMs: (isRestless ? 150 : 750) * sizeFactor,
    viewsMs: count <= FEW ? 500 : 5000,
  };
}
