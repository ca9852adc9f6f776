/** Runs about one thing; what happens in each stands beside it in `stories.ts`. */
export const PLOTS = [
  "deaf-then-silent",
  "slow-round-trips",
  "verdict-partition",
  "long-partition",
  "rejecting-filter",
  "tombstones",
  "mass-leave",
  "mass-crash",
  "many-seeds",
  "unresolved-seeds",
  "small-mtu",
  "clocks-far-off",
] as const;

/** What a run can be about. */
export type Plot = (typeof PLOTS)[number];

/** What a run is about; `mixed`: anything. */
export type StoryName = Plot | "mixed";

/** All that can be asked for. */
export const STORY_NAMES: readonly StoryName[] = ["mixed", ...PLOTS];
