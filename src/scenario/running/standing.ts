import type { Millis } from "../../core/member.ts";
import type { SentSoFar } from "../conditions/evaluation.ts";
import type { Expectation } from "../language/scenario.ts";
import type { ExpectationRecord } from "../run-record.ts";
import { failureDetail } from "./failure.ts";
import { type Baseline, InterruptedError, NOTHING_SENT, type Stage } from "./stage.ts";

/** An expectation that is judged at every observation until it ends. */
export interface Standing {
  /** No more judging; how it went. */
  end(): Promise<ExpectationRecord>;
}

/** Begins to judge; a violation is told at once, the first one counts. */
export async function beginStanding(
  stage: Stage,
  expectation: Expectation,
  baseline: Baseline,
  onViolation: (got: string) => void,
): Promise<Standing> {
  const fromMs = stage.nowMs;
  if (expectation.condition.kind === "traffic-below") {
    return measuredStanding(stage, expectation, baseline, fromMs);
  }
  let violation: ExpectationRecord | undefined;
  const stop = stage.watch(() => {
    if (violation !== undefined || stage.knowledge.viewers.length === 0) return;
    const { holds, got } = stage.judge(expectation, baseline, NOTHING_SENT);
    if (holds === (expectation.verb === "always")) return;
    violation = recordOf(stage, expectation, fromMs, got());
    onViolation(violation.got);
  });
  return {
    end: async () => {
      stop();
      return violation ?? recordOf(stage, expectation, fromMs, null);
    },
  };
}

async function measuredStanding(
  stage: Stage,
  expectation: Expectation,
  baseline: Baseline,
  fromMs: Millis,
): Promise<Standing> {
  const sent: ReadonlyMap<string, SentSoFar> = await stage.readTraffic();
  return {
    end: async () => {
      try {
        await stage.readTraffic();
      } catch (error) {
        if (!(error instanceof InterruptedError)) throw error;
        const record = recordOf(stage, expectation, fromMs, null);
        return { ...record, metAtMs: null, outcome: "open", got: error.message };
      }
      const { holds, got } = stage.judge(expectation, baseline, sent);
      return recordOf(stage, expectation, fromMs, holds ? null : got());
    },
  };
}

function recordOf(
  stage: Stage,
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
    untilMs: stage.nowMs,
    metAtMs: wrong === null ? fromMs : null,
    outcome: wrong === null ? "met" : "failed",
    got: wrong ?? "so it was all the time",
    failure: wrong === null ? null : failureDetail(stage, expectation, wrong),
  };
}
