import { expect, test } from "vitest";
import { formatViolation } from "../../../src/sim/swarm/report.ts";
import { simulate } from "../../../src/sim/swarm/simulate.ts";
import { swarm } from "../../../src/sim/swarm/swarm.ts";

/** Half of the seeds are the same every time; the others are new, and printed before they run. */
const FIXED = 50;
const FRESH = 50;
/** Each broke a rule once, and chance would hardly draw it again. */
const FOUND = [
  // A wire was reset, and the spy sent for that was answered by the kernel of a dying process.
  9_603_551,
  // A deaf member was called dead by an observer that it does not observe itself.
  9_602_553,
  // Its answers took two seconds, and pings that were open for half of one made a doubt.
  9_712_596,
  // Its answers took longer than a period, and it was asked in turns all the same.
  9_900_806,
  // A deaf member was called dead by a bystander on the word of others, who heard it meanwhile.
  9_954_041,
  // A filter refused for all, and those that were heard all the same no longer counted as refusing.
  10_010_897,
  // After a heal, one datagram with eleven old accusations was answered by eleven datagrams.
  10_104_317,
  // A member that had left came back without its disk, when no seed of its ran: no rule of ours could help it.
  10_503_446,
];

/** The dearest seeds take six seconds of an idle core. */
const SEED_MS_MAX = 60_000;

/** Tests of one half of the seeds: two files, so that two cores share the work. */
export function testSeeds(half: 0 | 1): void {
  const fixed = Array.from({ length: FIXED }, (_, index) => 2 * index + 1 + half);
  const found = FOUND.filter((_, index) => index % 2 === half);
  const firstFresh = Math.floor(Math.random() * 0x7fff_0000);
  const fresh = Array.from({ length: FRESH }, (_, index) => firstFresh + index);
  process.stdout.write(`fresh seeds: ${firstFresh} to ${firstFresh + FRESH - 1}\n`);
  test.each([...fixed, ...found, ...fresh])(
    "seed %i: no rule breaks, and healed, all views become one",
    (rngSeed) => {
      const options = swarm(rngSeed);
      const { violation } = simulate(options);
      expect(violation === undefined ? "" : formatViolation(options, violation)).toBe("");
    },
    SEED_MS_MAX,
  );
}
