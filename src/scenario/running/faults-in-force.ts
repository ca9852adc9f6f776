import type { LinkStep } from "../language/scenario.ts";
import type { OpenFault } from "./chronicle.ts";
import type { Stage } from "./stage.ts";

interface Fault {
  readonly step: LinkStep;
  readonly span: OpenFault;
}

/** The faults of links that are in force: together they are the rules of the whole cluster. */
export class FaultsInForce {
  readonly #stage: Stage;
  #faults: readonly Fault[] = [];

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Adds one to those in force; gives what ends it. */
  async begin(step: LinkStep): Promise<() => Promise<void>> {
    const { id, verb, label, nodes } = step;
    const fromMs = this.#stage.nowMs;
    const span = this.#stage.chronicle.beginFault({ step: id, verb, label, nodes, fromMs });
    this.#stage.measuring.disturbed();
    await this.#set([...this.#faults, { step, span }]);
    return () => this.#end((fault) => fault.span === span);
  }

  /** Ends those of these verbs; null: all. */
  async heal(verbs: readonly LinkStep["verb"][] | null): Promise<void> {
    await this.#end(({ step }) => verbs === null || verbs.includes(step.verb));
  }

  async #end(isMeant: (fault: Fault) => boolean): Promise<void> {
    const meant = this.#faults.filter(isMeant);
    if (meant.length === 0) return;
    const healedMs = this.#stage.nowMs;
    for (const { span } of meant) span.untilMs = healedMs;
    await this.#set(this.#faults.filter((fault) => !meant.includes(fault)));
    this.#stage.measuring.restored(healedMs);
  }

  async #set(faults: readonly Fault[]): Promise<void> {
    this.#faults = faults;
    await this.#stage.setFaults(faults.flatMap(({ step }) => step.rules));
  }
}
