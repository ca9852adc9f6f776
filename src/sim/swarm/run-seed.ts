import { classesOf, formatViolation } from "./report.ts";
import { type RunStats, simulate } from "./simulate.ts";
import type { StoryName } from "./story-names.ts";
import { swarm } from "./swarm.ts";

/** One seed of a swarm that has run. */
export interface SeedOutcome {
  readonly rngSeed: number;
  readonly story: StoryName;
  /** What it drew: its story, the kinds of its faults, and what was special from the start. */
  readonly classes: readonly string[];
  readonly digest: string;
  readonly stats: RunStats;
  /** The rule that was broken and the whole story, or undefined. */
  readonly violation: { readonly rule: string; readonly text: string } | undefined;
}

/** Runs one seed of the swarm, and tells the story of a violation. */
export function runSeed(rngSeed: number, story?: StoryName): SeedOutcome {
  const options = swarm(rngSeed, story);
  const { violation, digest, stats } = simulate(options);
  return {
    rngSeed,
    story: options.story,
    classes: classesOf(options),
    digest,
    stats,
    violation: violation && { rule: violation.rule, text: formatViolation(options, violation) },
  };
}
