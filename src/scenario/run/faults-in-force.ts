import type { LinkRules } from "../../transport/link-rules.ts";
import type { LinkStep } from "../faults/fault-word.ts";
import type { OpenFault } from "./recorder.ts";
import type { RunContext } from "./run-context.ts";

interface Fault {
  readonly step: LinkStep;
  readonly span: OpenFault;
}

/** The faults of links that are in force: together they are the rules of the whole cluster. */
export class FaultsInForce {
  private readonly context: RunContext;
  private faults: readonly Fault[] = [];

  constructor(context: RunContext) {
    this.context = context;
  }

  /** Adds one to those in force; gives what ends it. */
  async begin(step: LinkStep): Promise<() => Promise<void>> {
    const { id, verb, label, nodes } = step;
    const fromMs = this.context.nowMs;
    const span = this.context.recorder.beginFault({ step: id, verb, label, nodes, fromMs });
    this.faults = [...this.faults, { step, span }];
    await this.context.breakLinks(rulesOf(this.faults));
    return () => this.end((fault) => fault.span === span);
  }

  /** Ends those of these verbs; null: all. */
  async heal(verbs: readonly LinkStep["verb"][] | null): Promise<void> {
    await this.end(({ step }) => verbs === null || verbs.includes(step.verb));
  }

  private async end(isMeant: (fault: Fault) => boolean): Promise<void> {
    const meant = this.faults.filter(isMeant);
    if (meant.length === 0) return;
    const healedMs = this.context.nowMs;
    for (const { span } of meant) span.untilMs = healedMs;
    this.faults = this.faults.filter((fault) => !meant.includes(fault));
    await this.context.healLinks(rulesOf(this.faults));
  }
}

function rulesOf(faults: readonly Fault[]): LinkRules {
  return faults.flatMap(({ step }) => step.rules);
}
