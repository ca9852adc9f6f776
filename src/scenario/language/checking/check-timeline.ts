import type { Millis } from "../../../core/member.ts";
import { standingComplaint } from "../../conditions/check-condition.ts";
import { checkStep, type Step } from "../../steps/registry.ts";
import type { TimedFault } from "../../steps/timed-fault.ts";
import type { Issues } from "../parsing/issues.ts";
import type { Scenario, SourceLocation } from "../scenario.ts";
import { ProcessStates } from "./process-states.ts";
import type { Timeline } from "./timeline.ts";

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
    if (!walk.processes.hasStarted(at)) {
      issues.addAt(place, `${at} never starts, so ${name} cannot ask it`);
    }
  }
  for (const each of scenario.always) {
    const complaint = standingComplaint(each);
    if (complaint !== undefined) issues.addAt(each, complaint);
  }
  if (atLeastMs > scenario.limitMs) {
    const message = `the steps take at least ${seconds(atLeastMs)}; the limit is ${seconds(scenario.limitMs)}`;
    issues.add(["limit"], message);
  }
}

/** What all steps of a scenario have in common. */
class Walk {
  readonly issues: Issues;
  readonly processes = new ProcessStates();
  readonly marks = new Set<string>();

  constructor(issues: Issues) {
    this.issues = issues;
  }

  /** Checks the steps of a block in order; how long they take at least. */
  steps(steps: readonly Step[], block: Block): Millis {
    let passedMs = 0;
    for (const step of steps) passedMs += checkStep(step, new Moment(this, block, passedMs));
    return passedMs;
  }
}

/** The timeline as one step finds it. */
class Moment implements Timeline {
  private readonly walk: Walk;
  private readonly block: Block;
  private readonly passedMs: Millis;

  constructor(walk: Walk, block: Block, passedMs: Millis) {
    this.walk = walk;
    this.block = block;
    this.passedMs = passedMs;
  }

  get processes(): ProcessStates {
    return this.walk.processes;
  }

  get marks(): Set<string> {
    return this.walk.marks;
  }

  addIssue(step: SourceLocation, message: string): void {
    this.walk.issues.addAt(step, message);
  }

  mustFit(step: SourceLocation, neededMs: Millis): void {
    const { forMs, label } = this.block;
    const passedMs = this.passedMs;
    if (forMs === null || passedMs + neededMs <= forMs) return;
    const left = passedMs === 0 ? "" : `, and ${seconds(passedMs)} have passed by then`;
    const whole = label === "limit" ? "the run may take" : `"${label}" lasts`;
    const message = `${seconds(neededMs)} does not fit: ${whole} ${seconds(forMs)}${left}`;
    this.addIssue(step, `${step.label}: ${message}`);
  }

  timedFault(step: SourceLocation & TimedFault): Millis {
    const { forMs, during, label } = step;
    if (forMs === null) return 0;
    this.mustFit(step, forMs);
    const insideMs = this.walk.steps(during, { forMs, label });
    if (insideMs > forMs) {
      const message = `its during steps take at least ${seconds(insideMs)}, but it lasts ${seconds(forMs)}`;
      this.addIssue(step, message);
    }
    return forMs;
  }

  steps(steps: readonly Step[]): Millis {
    return this.walk.steps(steps, this.block);
  }
}

function seconds(ms: Millis): string {
  return `${Number((ms / 1000).toFixed(3))} s`;
}
