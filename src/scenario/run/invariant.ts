import type { Millis } from "../../core/member.ts";
import type { SentSoFar } from "../conditions/evaluation.ts";
import { kindOf } from "../conditions/registry.ts";
import type { Expectation } from "../language/scenario.ts";
import type { ExpectationRecord } from "../run-record.ts";
import { failureDetail } from "./failure.ts";
import { type Baseline, InterruptedError, NOTHING_SENT, type RunContext } from "./run-context.ts";

/** An expectation that is judged at every observation until it ends. */
export interface Invariant {
  /** No more judging; how it went. */
  end(): Promise<ExpectationRecord>;
}

/** Begins to judge. A violation is reported at once; the first one counts. */
export async function beginInvariant(
  context: RunContext,
  expectation: Expectation,
  baseline: Baseline,
  onViolation: (got: string) => void,
): Promise<Invariant> {
  const fromMs = context.nowMs;
  if (kindOf(expectation.condition).isMeasured === true) {
    return measuredInvariant(context, expectation, baseline, fromMs);
  }
  let violation: ExpectationRecord | undefined;
  const stop = context.watch(() => {
    if (violation !== undefined || context.state.viewers.length === 0) return;
    const { holds, got } = context.judge(expectation, baseline, NOTHING_SENT);
    if (holds === (expectation.verb === "always")) return;
    violation = recordOf(context, expectation, fromMs, got());
    onViolation(violation.got);
  });
  return {
    end: async () => {
      stop();
      return violation ?? recordOf(context, expectation, fromMs, null);
    },
  };
}

async function measuredInvariant(
  context: RunContext,
  expectation: Expectation,
  baseline: Baseline,
  fromMs: Millis,
): Promise<Invariant> {
  const sent: ReadonlyMap<string, SentSoFar> = await context.readTraffic();
  return {
    end: async () => {
      try {
        await context.readTraffic();
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        const record = recordOf(context, expectation, fromMs, null);
        return { ...record, metAtMs: null, outcome: "open", got: error.message };
      }
      const { holds, got } = context.judge(expectation, baseline, sent);
      return recordOf(context, expectation, fromMs, holds ? null : got());
    },
  };
}

function recordOf(
  context: RunContext,
  expectation: Expectation,
  fromMs: Millis,
  wrong: string | null,
): ExpectationRecord {
  const { id, line, verb, label } = expectation;
  return {
    id,
    line,
    verb,
    label,
    withinMs: null,
    holdMs: null,
    fromMs,
    untilMs: context.nowMs,
    metAtMs: wrong === null ? fromMs : null,
    outcome: wrong === null ? "met" : "failed",
    got: wrong ?? "held throughout",
    failure: wrong === null ? null : failureDetail(context, expectation, wrong),
  };
}
