import type { Millis } from "../../../core/member.ts";
import { conditionComplaint, standingComplaint } from "../../conditions/check-condition.ts";
import { kindOf } from "../../conditions/registry.ts";
import type { Issues } from "../parsing/issues.ts";
import type {
  ExpectStep,
  ProcessStep,
  Scenario,
  SourceLocation,
  StandingStep,
  Step,
} from "../scenario.ts";
import { ProcessStates } from "./process-states.ts";

/** The block that a step is in, and how much of it must have passed by then. */
interface Block {
  /** Null: as long as it takes. */
  readonly forMs: Millis | null;
  readonly label: string;
}

/**
 * Goes through the steps as the run will, and notes what cannot be: a step on a dead node, a wait
 * longer than the fault that it is in, a standing expectation that is none.
 */
export function checkTimeline(scenario: Scenario, issues: Issues): void {
  const walk = new Walk(issues);
  const atLeastMs = walk.steps(scenario.steps, { forMs: scenario.limitMs, label: "limit" });
  for (const { at, name, ...place } of scenario.consumers) {
    if (!walk.hasStarted(at)) issues.addAt(place, `${at} never starts, so ${name} cannot ask it`);
  }
  for (const each of scenario.always) {
    const complaint = standingComplaint(each);
    if (complaint !== undefined) issues.addAt(each, complaint);
  }
  if (atLeastMs > scenario.limitMs) {
    const message = `the steps take ${seconds(atLeastMs)} at least, the limit is ${seconds(scenario.limitMs)}`;
    issues.add(["limit"], message);
  }
}

class Walk {
  readonly #issues: Issues;
  readonly #processes = new ProcessStates();
  readonly #marks = new Set<string>();

  constructor(issues: Issues) {
    this.#issues = issues;
  }

  /** Whether any of the steps so far starts it. */
  hasStarted(node: string): boolean {
    return this.#processes.hasStarted(node);
  }

  /** Checks the steps in order; how long they take at least. */
  steps(steps: readonly Step[], block: Block): Millis {
    let passedMs = 0;
    for (const step of steps) passedMs += this.#step(step, block, passedMs);
    return passedMs;
  }

  /** The time that it takes at least. */
  #step(step: Step, block: Block, passedMs: Millis): Millis {
    switch (step.kind) {
      case "process":
        return this.#process(step, block, passedMs);
      case "links":
        return this.#spell(step, step.forMs, step.during, block, passedMs);
      case "stall":
        for (const node of step.nodes) this.#needsUp(step, node);
        return this.#spell(step, step.forMs, step.during, block, passedMs);
      case "expect":
        return this.#expect(step, block, passedMs);
      case "standing":
        this.#standing(step);
        return 0;
      case "repeat": {
        const onceMs = this.steps(step.steps, block);
        // A second round begins where the first one ended.
        if (step.times > 1) this.steps(step.steps, block);
        return step.times * onceMs;
      }
      case "wait":
        this.#fits(step, step.forMs, block, passedMs);
        return step.forMs;
      case "note":
        if (step.verb === "mark") this.#marks.add(step.text);
        return 0;
      case "heal":
        return 0;
    }
  }

  #process(step: ProcessStep, block: Block, passedMs: Millis): Millis {
    for (const node of step.nodes) {
      const complaint = this.#processes.complaint(step.verb, node);
      if (complaint !== undefined) this.#issues.addAt(step, complaint);
      this.#processes.apply(step.verb, node, step.line);
    }
    const tookMs = this.#spell(step, step.forMs, step.during, block, passedMs);
    if (step.forMs !== null) {
      for (const node of step.nodes) {
        if (this.#processes.of(node).is === "paused") {
          this.#processes.set(node, "up", `its pause was over after line ${step.line}`);
        }
      }
    }
    return tookMs + step.downMs;
  }

  #spell(
    step: SourceLocation,
    forMs: Millis | null,
    during: readonly Step[],
    block: Block,
    passedMs: Millis,
  ): Millis {
    if (forMs === null) return 0;
    this.#fits(step, forMs, block, passedMs);
    const insideMs = this.steps(during, { forMs, label: step.label });
    if (insideMs > forMs) {
      const message = `what happens during it takes ${seconds(insideMs)} at least, but it lasts ${seconds(forMs)}`;
      this.#issues.addAt(step, message);
    }
    return forMs;
  }

  #expect(step: ExpectStep, block: Block, passedMs: Millis): Millis {
    const complaint = conditionComplaint(step, {
      processes: this.#processes,
      marks: this.#marks,
      isAtTop: !step.id.includes("."),
    });
    if (complaint !== undefined) this.#issues.addAt(step, complaint);
    if (step.withinMs !== null) this.#fits(step, step.withinMs + step.holdMs, block, passedMs);
    const ended = kindOf(step.condition).endOf?.(step.condition);
    if (ended !== undefined) {
      this.#processes.set(ended, "down", `it ended by itself in line ${step.line}`);
    }
    return step.holdMs;
  }

  #standing(step: StandingStep): void {
    const complaint = standingComplaint(step);
    if (complaint !== undefined) this.#issues.addAt(step, complaint);
  }

  #fits(step: SourceLocation, neededMs: Millis, { forMs, label }: Block, passedMs: Millis): void {
    if (forMs === null || passedMs + neededMs <= forMs) return;
    const left = passedMs === 0 ? "" : `, of which ${seconds(passedMs)} are over by then`;
    const whole = label === "limit" ? "the run may take" : `"${label}" lasts`;
    this.#issues.addAt(
      step,
      `${step.label}: ${seconds(neededMs)} is impossible: ${whole} ${seconds(forMs)}${left}`,
    );
  }

  #needsUp(step: SourceLocation, node: string): void {
    const { is, because } = this.#processes.of(node);
    if (is === "down") this.#issues.addAt(step, this.#processes.tellDown(node));
    if (is === "paused") this.#issues.addAt(step, `${node} is paused here (${because})`);
  }
}

function seconds(ms: Millis): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}
