import type { Millis } from "../../core/member.ts";
import type { ExpectationRecord } from "../run-record.ts";
import type { ExpectStep, StandingStep } from "../steps/expectation.ts";
import { performStep, type Step } from "../steps/registry.ts";
import type { StepOutcome, StepRun } from "../steps/step-run.ts";
import { expectEventually } from "./eventually.ts";
import { FaultsInForce } from "./faults-in-force.ts";
import { beginInvariant, type Invariant } from "./invariant.ts";
import { ProcessStarts } from "./process-starts.ts";
import type { Baseline, RunContext } from "./run-context.ts";
import type { RunProgress } from "./run-progress.ts";

/** An `await` failed: what follows would make no sense. */
export class AwaitFailedError extends Error {
  override readonly name = "AwaitFailedError";
}

/** Steps that are played together: what stands in them, and when they must be over. */
interface Block {
  readonly baseline: Baseline;
  readonly untilMs: Millis;
  readonly depth: number;
  readonly standing: Invariant[];
}

/** How deep a block lies, and in what time. */
interface Span {
  readonly depth: number;
  /** When it must be over. */
  readonly untilMs: Millis;
  /** It is not over before, whatever its steps take; null: it is over with its last step. */
  readonly lastsUntilMs: Millis | null;
}

/** Does what steps say, one after another, on the context. */
export class StepPlayer {
  private readonly context: RunContext;
  private readonly progress: RunProgress;
  private readonly processes: ProcessStarts;
  private readonly faults: FaultsInForce;
  private readonly marks = new Map<string, Baseline>();

  constructor(context: RunContext, progress: RunProgress) {
    this.context = context;
    this.progress = progress;
    this.processes = new ProcessStarts(context);
    this.faults = new FaultsInForce(context);
  }

  /** Plays a block to its end; what stands in it ends with it, however it ends. */
  async play(steps: readonly Step[], { depth, untilMs, lastsUntilMs }: Span): Promise<void> {
    const block: Block = { baseline: this.context.baseline(), untilMs, depth, standing: [] };
    try {
      for (const step of steps) await this.step(step, block);
      if (lastsUntilMs !== null) await this.context.passUntil(lastsUntilMs);
    } finally {
      // What happened up to here may be told a moment later.
      if (block.standing.length > 0) await this.context.settle();
      for (const standing of block.standing) this.judged(await standing.end());
    }
  }

  private async step(step: Step, block: Block): Promise<void> {
    const open = this.context.recorder.beginStep(step, block.depth, this.context.nowMs);
    this.progress.stepBegan(step, block.depth, this.context.nowMs);
    open.outcome = "interrupted";
    try {
      open.outcome = await performStep(step, this.runOf(block));
      if (open.outcome === "failed" && step.verb === "await")
        throw new AwaitFailedError(step.label);
    } finally {
      open.untilMs = this.context.nowMs;
      this.progress.stepEnded(step, block.depth, open.outcome, this.context.nowMs);
    }
  }

  /** The run as a step of this block performs in it. */
  private runOf(block: Block): StepRun {
    const inside = { depth: block.depth + 1, untilMs: block.untilMs };
    const playFor: StepRun["playFor"] = (forMs, steps) => {
      const lastsUntilMs = this.context.nowMs + forMs;
      const untilMs = Math.min(lastsUntilMs, block.untilMs);
      return this.play(steps, { ...inside, untilMs, lastsUntilMs });
    };
    return {
      context: this.context,
      faults: this.faults,
      processes: this.processes,
      play: (steps) => this.play(steps, { ...inside, lastsUntilMs: null }),
      playFor,
      playFault: async ({ id, verb, label, nodes, during }, forMs) => {
        const fromMs = this.context.nowMs;
        const { recorder } = this.context;
        const span = recorder.beginFault({ step: id, verb, label, nodes, fromMs });
        await playFor(forMs, during);
        span.untilMs = this.context.nowMs;
      },
      expect: (step) => this.expect(step, block),
      stand: (step) => this.stand(step, block),
      mark: (text) => this.mark(text),
      log: (text) => this.progress.said(text, this.context.nowMs),
    };
  }

  private async expect(step: ExpectStep, block: Block): Promise<StepOutcome> {
    const since = "since" in step.condition ? step.condition.since : null;
    const baseline = (since === null ? undefined : this.marks.get(since)) ?? block.baseline;
    const record = await expectEventually(this.context, step, baseline, block.untilMs);
    this.judged(record);
    return record.outcome === "failed" ? "failed" : "done";
  }

  private async stand(step: StandingStep, { baseline, standing }: Block): Promise<void> {
    const violated = (got: string) => this.progress.violated(step, got, this.context.nowMs);
    standing.push(await beginInvariant(this.context, step, baseline, violated));
  }

  private mark(text: string): void {
    this.context.recorder.mark(this.context.nowMs, text);
    this.marks.set(text, this.context.baseline());
  }

  /** Takes an expectation into the record. */
  private judged(record: ExpectationRecord): void {
    this.context.recorder.expectations.push(record);
    this.progress.judged(record);
  }
}
