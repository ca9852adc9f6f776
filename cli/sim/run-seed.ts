import { classesOf, formatViolation } from "../../src/sim/swarm/report.ts";
import { simulate } from "../../src/sim/swarm/simulate.ts";
import type { StoryName } from "../../src/sim/swarm/story-names.ts";
import { swarm } from "../../src/sim/swarm/swarm.ts";
import type { SeedOutcome } from "./work.ts";

/** Runs one seed of the swarm, and tells the story of a violation. */
export function runSeed(rngSeed: number, story?: StoryName): SeedOutcome {
  const options = swarm(rngSeed, story);
  const { violation, digest, stats } = simulate(options);
  const told = violation && { rule: violation.rule, text: formatViolation(options, violation) };
  return {
    rngSeed,
    story: options.story,
    classes: classesOf(options),
    digest,
    stats,
    violation: told,
  };
}
