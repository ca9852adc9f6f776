import type { Millis } from "../../core/member.ts";
import type { StartOrder } from "../cluster/cluster.ts";
import type { LinkStep, ProcessStep, StallStep, Step } from "../language/scenario.ts";
import type { ExpectationRecord } from "../run-record.ts";
import type { OpenFault } from "./chronicle.ts";
import { expectOnce } from "./expecting.ts";
import type { RunProgress } from "./run-progress.ts";
import type { Baseline, Stage } from "./stage.ts";
import { beginStanding, type Standing } from "./standing.ts";

/** Seeds that a process is given: one may be dead or cut off without the others being of no use. */
const SEEDS = 3;

/** An `await` failed: what follows would make no sense. */
export class AwaitFailedError extends Error {
  override readonly name = "AwaitFailedError";
}

interface Block {
  readonly baseline: Baseline;
  readonly untilMs: Millis;
  readonly depth: number;
  readonly standing: Standing[];
}

interface Fault {
  readonly step: LinkStep;
  readonly span: OpenFault;
}

/** Does what steps say, one after another, on the stage. */
export class StepPlayer {
  readonly #stage: Stage;
  readonly #progress: RunProgress;
  readonly #marks = new Map<string, Baseline>();
  readonly #members = new Map<string, string>();
  #faults: readonly Fault[] = [];

  constructor(stage: Stage, progress: RunProgress) {
    this.#stage = stage;
    this.#progress = progress;
  }

  /** Plays a block to its end; what stands in it ends with it, however it ends. */
  async play(steps: readonly Step[], depth: number, untilMs: Millis): Promise<void> {
    const block: Block = { baseline: this.#stage.baseline(), untilMs, depth, standing: [] };
    try {
      for (const step of steps) await this.#step(step, block);
    } finally {
      for (const standing of block.standing) this.#judged(await standing.end());
    }
  }

  /** Takes an expectation into the record. */
  #judged(record: ExpectationRecord): void {
    this.#stage.chronicle.expectations.push(record);
    this.#progress.judged(record);
  }

  async #step(step: Step, block: Block): Promise<void> {
    const { chronicle } = this.#stage;
    const open = chronicle.beginStep(step, block.depth, this.#stage.nowMs);
    this.#progress.stepBegan(step, block.depth, this.#stage.nowMs);
    open.outcome = "interrupted";
    let isFailed = false;
    try {
      isFailed = (await this.#act(step, block)) === "failed";
      open.outcome = isFailed ? "failed" : "done";
      if (isFailed && step.verb === "await") throw new AwaitFailedError(step.label);
    } finally {
      open.untilMs = this.#stage.nowMs;
      this.#progress.stepEnded(step, block.depth, open.outcome, this.#stage.nowMs);
    }
  }

  async #act(step: Step, block: Block): Promise<"failed" | undefined> {
    const stage = this.#stage;
    switch (step.kind) {
      case "process":
        await this.#process(step, block);
        return undefined;
      case "links":
        await this.#links(step, block);
        return undefined;
      case "heal":
        await this.#heal(({ step: { verb } }) => step.verbs === null || step.verbs.includes(verb));
        return undefined;
      case "stall":
        await this.#stall(step, block);
        return undefined;
      case "expect": {
        const record = await expectOnce(stage, step, this.#baselineOf(step, block), block.untilMs);
        this.#judged(record);
        return record.outcome === "failed" ? "failed" : undefined;
      }
      case "standing":
        block.standing.push(
          await beginStanding(stage, step, block.baseline, (got) =>
            this.#progress.violated(step, got, stage.nowMs),
          ),
        );
        return undefined;
      case "repeat":
        for (let round = 0; round < step.times; round++) {
          await this.play(step.steps, block.depth + 1, block.untilMs);
        }
        return undefined;
      case "wait":
        await stage.passUntil(stage.nowMs + step.forMs);
        return undefined;
      case "note":
        this.#note(step.verb, step.text);
        return undefined;
    }
  }

  #baselineOf({ condition }: Extract<Step, { kind: "expect" }>, block: Block): Baseline {
    const since = "since" in condition ? condition.since : null;
    return (since === null ? undefined : this.#marks.get(since)) ?? block.baseline;
  }

  #note(verb: "mark" | "log", text: string): void {
    if (verb === "log") {
      this.#progress.said(text, this.#stage.nowMs);
      return;
    }
    this.#stage.chronicle.mark(this.#stage.nowMs, text);
    this.#marks.set(text, this.#stage.baseline());
  }

  async #process(step: ProcessStep, block: Block): Promise<void> {
    const { cluster } = this.#stage;
    const { verb, nodes } = step;
    switch (verb) {
      case "start":
        await this.#start(nodes, step);
        return;
      case "restart":
        await this.#restart(step);
        return;
      case "pause":
        await this.#pause(step, block);
        return;
      case "resume":
        for (const node of nodes) await this.#resume(node);
        return;
      default:
        this.#stage.measuring.disturbed();
        await this.#all(nodes.map((node) => cluster.end(node, verb)));
    }
  }

  async #start(
    nodes: readonly string[],
    { as, join }: Pick<ProcessStep, "as" | "join">,
  ): Promise<void> {
    for (const node of nodes) this.#members.set(node, as ?? this.#members.get(node) ?? node);
    const orders = nodes.map((node) => this.#orderOf(node, nodes, join));
    const { knowledge, measuring } = this.#stage;
    const isReturn = nodes.some((node) => knowledge.process(node).end !== undefined);
    await this.#all([this.#stage.cluster.start(orders)]);
    // To form a cluster is not to heal it.
    if (isReturn) measuring.restored(this.#stage.nowMs);
  }

  /** Whom it dials: those that run and that nothing keeps from it, else the first that starts with it. */
  #orderOf(node: string, together: readonly string[], join: readonly string[] | null): StartOrder {
    const { knowledge } = this.#stage;
    const reachable = knowledge.viewers.filter(
      (other) => other !== node && !this.#stage.isCut(node, other),
    );
    const first = together.filter((other) => other !== node).slice(0, 1);
    const isFirst = together[0] === node;
    const chosen = reachable.length > 0 ? reachable.slice(0, SEEDS) : isFirst ? [] : first;
    return { node, member: this.#members.get(node) ?? node, join: join ?? chosen };
  }

  async #restart(step: ProcessStep): Promise<void> {
    const { cluster, knowledge } = this.#stage;
    const running = step.nodes.filter((node) => knowledge.process(node).is !== "down");
    this.#stage.measuring.disturbed();
    await this.#all(running.map((node) => cluster.end(node, "kill")));
    await this.#stage.passUntil(this.#stage.nowMs + step.downMs);
    await this.#start(step.nodes, step);
  }

  async #pause(step: ProcessStep, block: Block): Promise<void> {
    const { nodes } = step;
    this.#stage.measuring.disturbed();
    for (const node of nodes) {
      this.#stage.stand(node, "paused");
      await this.#stage.unlessAborted(this.#stage.cluster.pause(node));
    }
    if (step.forMs === null) return;
    const span = this.#beginFault(step);
    await this.#spell(step, step.forMs, block);
    this.#endFault(span);
    for (const node of nodes) {
      if (this.#stage.knowledge.process(node).is === "paused") await this.#resume(node);
    }
  }

  async #resume(node: string): Promise<void> {
    await this.#stage.unlessAborted(this.#stage.cluster.resume(node));
    this.#stage.stand(node, "running");
    this.#stage.measuring.restored(this.#stage.nowMs);
  }

  async #stall(step: StallStep, block: Block): Promise<void> {
    const stage = this.#stage;
    const { nodes, forMs } = step;
    stage.measuring.disturbed();
    for (const node of nodes) stage.stand(node, "stalled");
    await this.#all(nodes.map((node) => stage.cluster.stall(node, forMs)));
    const span = this.#beginFault(step);
    await this.#spell(step, forMs, block);
    this.#endFault(span);
    for (const node of nodes) {
      if (stage.knowledge.process(node).is === "stalled") stage.stand(node, "running");
    }
    stage.measuring.restored(stage.nowMs);
  }

  async #links(step: LinkStep, block: Block): Promise<void> {
    const span = this.#beginFault(step);
    this.#stage.measuring.disturbed();
    this.#faults = [...this.#faults, { step, span }];
    await this.#setFaults();
    if (step.forMs === null) return;
    await this.#spell(step, step.forMs, block);
    await this.#heal((fault) => fault.span === span);
  }

  async #heal(isMeant: (fault: Fault) => boolean): Promise<void> {
    const meant = this.#faults.filter(isMeant);
    if (meant.length === 0) return;
    for (const { span } of meant) this.#endFault(span);
    this.#faults = this.#faults.filter((fault) => !meant.includes(fault));
    const healedMs = this.#stage.nowMs;
    await this.#setFaults();
    this.#stage.measuring.restored(healedMs);
  }

  async #setFaults(): Promise<void> {
    await this.#stage.setFaults(this.#faults.flatMap(({ step }) => step.rules));
  }

  /** What happens during a fault, and the rest of its time. */
  async #spell(
    { during }: { readonly during: readonly Step[] },
    forMs: Millis,
    block: Block,
  ): Promise<void> {
    const untilMs = this.#stage.nowMs + forMs;
    await this.play(during, block.depth + 1, Math.min(untilMs, block.untilMs));
    await this.#stage.passUntil(untilMs);
  }

  #beginFault({ id, verb, label, nodes }: LinkStep | StallStep | ProcessStep): OpenFault {
    return this.#stage.chronicle.beginFault({
      step: id,
      verb,
      label,
      nodes,
      fromMs: this.#stage.nowMs,
    });
  }

  #endFault(span: OpenFault): void {
    span.untilMs = this.#stage.nowMs;
  }

  async #all(work: readonly Promise<void>[]): Promise<void> {
    await this.#stage.unlessAborted(Promise.all(work));
  }
}
