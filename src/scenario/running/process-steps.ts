import type { MemberName, Millis } from "../../core/member.ts";
import type { StartOrder } from "../cluster/cluster.ts";
import type { ProcessStep, StallStep } from "../language/scenario.ts";
import type { Stage } from "./stage.ts";

/** Seeds that a process is given: one may be dead or cut off without the others being of no use. */
const SEEDS = 3;

/** Lets a block pass, with all that happens in it. */
type Spell = (forMs: Millis) => Promise<void>;

/** Starts, stops and stills the processes of a run. */
export class ProcessSteps {
  readonly #stage: Stage;
  /** Whom each process claims to be. */
  readonly #members = new Map<string, MemberName>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  async act(step: ProcessStep, spell: Spell): Promise<void> {
    const { verb, nodes } = step;
    switch (verb) {
      case "start":
        await this.#start(step);
        return;
      case "restart":
        await this.#restart(step);
        return;
      case "pause":
        await this.#pause(step, spell);
        return;
      case "resume":
        for (const node of nodes) await this.#resume(node);
        return;
      default:
        this.#stage.measuring.disturbed();
        await this.#all(nodes.map((node) => this.#stage.cluster.end(node, verb)));
    }
  }

  async stall(step: StallStep, spell: Spell): Promise<void> {
    const stage = this.#stage;
    const { nodes, forMs } = step;
    stage.measuring.disturbed();
    for (const node of nodes) stage.stand(node, "stalled");
    await this.#all(nodes.map((node) => stage.cluster.stall(node, forMs)));
    await this.#asFault(step, () => spell(forMs));
    for (const node of nodes) {
      if (stage.knowledge.process(node).is === "stalled") stage.stand(node, "running");
    }
    stage.measuring.restored(stage.nowMs);
  }

  async #start({ nodes, as, join }: ProcessStep): Promise<void> {
    const { knowledge, measuring, cluster } = this.#stage;
    for (const node of nodes) this.#members.set(node, as ?? this.#members.get(node) ?? node);
    const orders = nodes.map((node) => this.#orderOf(node, nodes, join));
    const isReturn = nodes.some((node) => knowledge.process(node).end !== undefined);
    await this.#all([cluster.start(orders)]);
    // To form a cluster is not to heal it.
    if (isReturn) measuring.restored(this.#stage.nowMs);
  }

  /**
   * Whom it dials: those that run and that nothing keeps from it, else the first that starts with it.
   */
  #orderOf(node: string, together: readonly string[], join: readonly string[] | null): StartOrder {
    const { knowledge } = this.#stage;
    const reachable = knowledge.viewers.filter(
      (other) => other !== node && !this.#stage.isCut(node, other),
    );
    const first = together[0] === node ? [] : together.slice(0, 1);
    const chosen = reachable.length > 0 ? reachable.slice(0, SEEDS) : first;
    const member = this.#members.get(node) ?? node;
    return { node, member, join: join ?? chosen, ...this.#stage.offersOf(node) };
  }

  async #restart(step: ProcessStep): Promise<void> {
    const { cluster, knowledge, measuring } = this.#stage;
    const running = step.nodes.filter((node) => knowledge.process(node).is !== "down");
    measuring.disturbed();
    await this.#all(running.map((node) => cluster.end(node, "kill")));
    await this.#stage.passUntil(this.#stage.nowMs + step.downMs);
    await this.#start(step);
  }

  async #pause(step: ProcessStep, spell: Spell): Promise<void> {
    const { nodes, forMs } = step;
    this.#stage.measuring.disturbed();
    for (const node of nodes) {
      this.#stage.stand(node, "paused");
      await this.#stage.unlessAborted(this.#stage.cluster.pause(node));
    }
    if (forMs === null) return;
    await this.#asFault(step, () => spell(forMs));
    for (const node of nodes) {
      if (this.#stage.knowledge.process(node).is === "paused") await this.#resume(node);
    }
  }

  async #resume(node: string): Promise<void> {
    await this.#stage.unlessAborted(this.#stage.cluster.resume(node));
    this.#stage.stand(node, "running");
    this.#stage.measuring.restored(this.#stage.nowMs);
  }

  /** What has an end of its own is shown as a fault for that time. */
  async #asFault(
    { id, verb, label, nodes }: ProcessStep | StallStep,
    during: () => Promise<void>,
  ): Promise<void> {
    const fromMs = this.#stage.nowMs;
    const span = this.#stage.chronicle.beginFault({ step: id, verb, label, nodes, fromMs });
    await during();
    span.untilMs = this.#stage.nowMs;
  }

  async #all(work: readonly Promise<void>[]): Promise<void> {
    await this.#stage.unlessAborted(Promise.all(work));
  }
}
