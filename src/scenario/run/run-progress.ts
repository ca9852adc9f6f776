import type { Millis } from "../../core/member.ts";
import type { Expectation } from "../language/scenario.ts";
import type { ExpectationRecord, StepRecord } from "../run-record.ts";
import type { Step } from "../steps/registry.ts";

/** Told what a run is doing, as it does it. */
export interface RunProgress {
  stepBegan(step: Step, depth: number, atMs: Millis): void;
  stepEnded(step: Step, depth: number, outcome: StepRecord["outcome"], atMs: Millis): void;
  /** An expectation was judged; those that stand, at the end of their block. */
  judged(record: ExpectationRecord): void;
  /** A standing expectation was broken just now. */
  violated(expectation: Expectation, got: string, atMs: Millis): void;
  /** A `log` step. */
  said(text: string, atMs: Millis): void;
}

/** For a run that nobody watches. */
export const SILENT: RunProgress = Object.freeze({
  stepBegan: () => {},
  stepEnded: () => {},
  judged: () => {},
  violated: () => {},
  said: () => {},
});
