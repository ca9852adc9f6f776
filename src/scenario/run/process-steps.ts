import type { StartOrder } from "../../cluster/cluster.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { ProcessStep } from "../steps/process-word.ts";
import type { StallStep } from "../steps/stall.ts";
import type { RunContext } from "./run-context.ts";

/** Seeds that a process is given: one may be dead or cut off without the others being of no use. */
const SEEDS = 3;

/** Runs the steps inside a fault, for as long as the fault lasts. */
type RunInside = (forMs: Millis) => Promise<void>;

/** Starts, stops and stills the processes of a run. */
export class ProcessSteps {
  readonly #context: RunContext;
  /** Whom each process claims to be. */
  readonly #members = new Map<string, MemberName>();

  constructor(context: RunContext) {
    this.#context = context;
  }

  async act(step: ProcessStep, inside: RunInside): Promise<void> {
    const { verb, nodes } = step;
    const { cluster } = this.#context;
    switch (verb) {
      case "start":
        await this.#start(step);
        return;
      case "restart":
        await this.#restart(step);
        return;
      case "pause":
        await this.#pause(step, inside);
        return;
      case "resume":
        await this.#context.unlessAborted(cluster.resume(nodes));
        return;
      default:
        await this.#context.unlessAborted(cluster.end(nodes, verb));
    }
  }

  async stall(step: StallStep, inside: RunInside): Promise<void> {
    const { nodes, forMs } = step;
    const { cluster } = this.#context;
    await this.#context.unlessAborted(cluster.stall(nodes, forMs));
    await this.#asFault(step, () => inside(forMs));
    cluster.goOn(nodes);
  }

  async #start({ nodes, as, join }: ProcessStep): Promise<void> {
    for (const node of nodes) this.#members.set(node, as ?? this.#members.get(node) ?? node);
    const orders = nodes.map((node) => this.#orderOf(node, nodes, join));
    await this.#context.unlessAborted(this.#context.cluster.start(orders));
  }

  /**
   * Whom it dials: those that run and that nothing keeps from it, else the first that starts with it.
   */
  #orderOf(node: string, together: readonly string[], join: readonly string[] | null): StartOrder {
    const { state } = this.#context;
    const reachable = state.viewers.filter(
      (other) => other !== node && !this.#context.isCut(node, other),
    );
    const first = together[0] === node ? [] : together.slice(0, 1);
    const chosen = reachable.length > 0 ? reachable.slice(0, SEEDS) : first;
    const member = this.#members.get(node) ?? node;
    return { node, member, join: join ?? chosen, ...this.#context.offersOf(node) };
  }

  async #restart(step: ProcessStep): Promise<void> {
    const { cluster, state } = this.#context;
    const running = step.nodes.filter((node) => state.process(node).is !== "down");
    await this.#context.unlessAborted(cluster.end(running, "kill"));
    await this.#context.passUntil(this.#context.nowMs + step.downMs);
    await this.#start(step);
  }

  async #pause(step: ProcessStep, inside: RunInside): Promise<void> {
    const { nodes, forMs } = step;
    const { cluster, state } = this.#context;
    await this.#context.unlessAborted(cluster.pause(nodes));
    if (forMs === null) return;
    await this.#asFault(step, () => inside(forMs));
    const paused = nodes.filter((node) => state.process(node).is === "paused");
    await this.#context.unlessAborted(cluster.resume(paused));
  }

  /** What has an end of its own is shown as a fault for that time. */
  async #asFault(
    { id, verb, label, nodes }: ProcessStep | StallStep,
    during: () => Promise<void>,
  ): Promise<void> {
    const fromMs = this.#context.nowMs;
    const span = this.#context.recorder.beginFault({ step: id, verb, label, nodes, fromMs });
    await during();
    span.untilMs = this.#context.nowMs;
  }
}
