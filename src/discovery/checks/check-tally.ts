import type { ServiceHealth } from "../../core/member.ts";
import type { CheckOutcome } from "./check-outcome.ts";
import type { CheckSpec } from "./check-spec.ts";

/** What the runs of a check add up to. */
export interface CheckTally {
  /** Undefined before the first run. */
  readonly health: ServiceHealth | undefined;
  readonly lastResult: CheckOutcome["result"] | undefined;
  /** Runs in a row with that result. */
  readonly streak: number;
}

/** Before the first run. */
export const NO_RUNS: CheckTally = Object.freeze({
  health: undefined,
  lastResult: undefined,
  streak: 0,
});

const MEANING: Readonly<Record<CheckOutcome["result"], ServiceHealth>> = {
  passed: "passing",
  failed: "critical",
  "not-run": "unknown",
};

/**
 * Adds one run. Health changes only after enough runs in a row with another result, so that one lost packet is no outage;
 * the first run decides alone.
 */
export function tallyRun(
  tally: CheckTally,
  result: CheckOutcome["result"],
  { passAfter, failAfter }: Pick<CheckSpec, "passAfter" | "failAfter">,
): CheckTally {
  const streak = tally.lastResult === result ? tally.streak + 1 : 1;
  const needed = result === "passed" ? passAfter : failAfter;
  const isDecided = tally.health === undefined || streak >= needed;
  return { health: isDecided ? MEANING[result] : tally.health, lastResult: result, streak };
}

/** The health of a service by its checks: the worst of them; without any it is taken to be well. */
export function worstHealth(healths: readonly ServiceHealth[]): ServiceHealth {
  if (healths.includes("critical")) return "critical";
  if (healths.includes("starting")) return "starting";
  return healths.includes("unknown") ? "unknown" : "passing";
}
