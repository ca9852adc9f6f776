import { describeEvent } from "../../events/events.ts";
import type { Expectation } from "../language/scenario.ts";
import type { FailureDetail } from "../run-record.ts";
import type { RunContext } from "./run-context.ts";

const EVENTS_TOLD = 10;

/** What one needs to understand why an expectation failed. */
export function failureDetail(
  context: RunContext,
  expectation: Expectation,
  got: string,
): FailureDetail {
  const { state } = context;
  return {
    atMs: context.nowMs,
    expected: describeExpectation(expectation),
    got,
    matrix: state.matrix(),
    lastEvents: state.events
      .slice(-EVENTS_TOLD)
      .map(
        ({ atMs, node, event }) =>
          `${(atMs / 1000).toFixed(3)} s  ${node}: ${describeEvent(event)}`,
      ),
  };
}

/** Such as `c dead within 4 s, for 2 s`. */
export function describeExpectation({ label, verb, withinMs, holdMs }: Expectation): string {
  const never = verb === "never" ? "never " : "";
  const within = withinMs === null ? "" : ` within ${withinMs / 1000} s`;
  const hold = holdMs === 0 ? "" : `, for ${holdMs / 1000} s`;
  return `${never}${label}${within}${hold}`;
}
