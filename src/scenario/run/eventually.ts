import type { Millis } from "../../core/member.ts";
import type { Evaluation } from "../conditions/evaluation.ts";
import { kindOf } from "../conditions/registry.ts";
import type { ExpectationRecord } from "../run-record.ts";
import type { ExpectStep } from "../steps/expectation.ts";
import { failureDetail } from "./failure.ts";
import { type Baseline, NOTHING_SENT, type RunContext } from "./run-context.ts";

/** How far apart the two ends of a span may be told: times of events are rounded. */
const ROUNDING_MS = 1;

/** Waits until a condition holds, and for as long as it must, and writes down how that went. */
export async function expectEventually(
  context: RunContext,
  step: ExpectStep,
  baseline: Baseline,
  blockUntilMs: Millis,
): Promise<ExpectationRecord> {
  const fromMs = context.nowMs;
  const outcome =
    kindOf(step.condition).isMeasured === true
      ? await measureTraffic(context, step, baseline)
      : await watch(context, step, baseline, blockUntilMs);
  const { id, line, verb, label, withinMs, holdMs } = step;
  const isMet = outcome.metAtMs !== null;
  return {
    id,
    line,
    verb,
    label,
    withinMs,
    holdMs: holdMs === 0 ? null : holdMs,
    fromMs,
    untilMs: context.nowMs,
    metAtMs: outcome.metAtMs,
    outcome: isMet ? "met" : "failed",
    got: outcome.got,
    failure: isMet ? null : failureDetail(context, step, outcome.got),
  };
}

interface Outcome {
  readonly metAtMs: Millis | null;
  readonly got: string;
}

async function watch(
  context: RunContext,
  step: ExpectStep,
  baseline: Baseline,
  blockUntilMs: Millis,
): Promise<Outcome> {
  const deadlineMs = Math.min(deadlineOf(context, step), blockUntilMs);
  const watching = new Watching(context, step, baseline, deadlineMs);
  const stop = context.watch((atMs) => watching.look(atMs));
  try {
    do {
      while (!watching.isOver(context.nowMs)) await context.advance(watching.nextMs);
      // What happened before the deadline may be told a moment after it.
      if (watching.isMet) break;
      await context.unlessAborted(context.cluster.backend.settle());
      // Nothing happened since the last look, which may have been a moment too soon.
      watching.look(context.nowMs);
    } while (!watching.isOver(context.nowMs));
  } finally {
    stop();
  }
  return watching.outcome;
}

/** Read, not told: once at each end. */
async function measureTraffic(
  context: RunContext,
  step: ExpectStep,
  baseline: Baseline,
): Promise<Outcome> {
  const fromMs = context.nowMs;
  const sent = await context.readTraffic();
  await context.passUntil(fromMs + step.holdMs);
  await context.readTraffic();
  const { holds, got } = context.judge(step, baseline, sent);
  return { metAtMs: holds ? fromMs : null, got: got() };
}

/** When it must be so at the latest. */
function deadlineOf(context: RunContext, { condition, viewers, withinMs }: ExpectStep): Millis {
  const { state, nowMs } = context;
  if (withinMs === null) return nowMs;
  const now = { viewers: viewers ?? state.viewers, nowMs };
  return (kindOf(condition).countsFrom?.(condition, state, now) ?? nowMs) + withinMs;
}

/** One condition, looked at after each observation, with the time of that. */
class Watching {
  private readonly context: RunContext;
  private readonly step: ExpectStep;
  private readonly baseline: Baseline;
  private readonly deadlineMs: Millis;
  private sinceMs: Millis | undefined;
  private isBroken = false;
  private last: Evaluation = { holds: false, got: () => "it was not checked" };
  private lastLookMs: Millis = 0;

  constructor(context: RunContext, step: ExpectStep, baseline: Baseline, deadlineMs: Millis) {
    this.context = context;
    this.step = step;
    this.baseline = baseline;
    this.deadlineMs = deadlineMs;
  }

  get isMet(): boolean {
    if (this.sinceMs === undefined || this.isBroken || this.isLate) return false;
    return this.lastLookMs >= this.sinceMs + this.step.holdMs;
  }

  /** Nothing more can happen that changes how it goes. */
  isOver(nowMs: Millis): boolean {
    if (this.isBroken || this.isLate) return true;
    return nowMs >= this.nextMs;
  }

  /** When it has to be looked at again at the latest. */
  get nextMs(): Millis {
    return this.sinceMs === undefined ? this.deadlineMs : this.sinceMs + this.step.holdMs;
  }

  get outcome(): Outcome {
    const got = this.last.got();
    if (this.isMet) return { metAtMs: this.sinceMs ?? null, got };
    return { metAtMs: null, got: this.isLate ? `held, but too late: ${got}` : got };
  }

  look(atMs: Millis): void {
    // Once it has held for as long as it must, it may change.
    if (this.isMet || this.isBroken) return;
    this.lastLookMs = Math.max(this.lastLookMs, atMs);
    const verdict = this.context.judge(this.step, this.baseline, NOTHING_SENT);
    if (verdict.holds) this.sinceMs ??= atMs;
    else if (this.sinceMs !== undefined) this.break(verdict);
    if (!this.isBroken) this.last = verdict;
  }

  private get isLate(): boolean {
    return this.sinceMs !== undefined && this.sinceMs > this.deadlineMs + ROUNDING_MS;
  }

  /** It may come again while there is time; what had to be so at once is broken for good. */
  private break(verdict: Evaluation): void {
    this.sinceMs = undefined;
    if (this.step.withinMs !== null) return;
    this.isBroken = true;
    // As it was at that moment, not as it is when somebody asks.
    const got = verdict.got();
    this.last = { holds: false, got: () => got };
  }
}
