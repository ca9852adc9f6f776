import type { StartOrder } from "../../cluster/cluster.ts";
import type { MemberName } from "../../core/member.ts";
import type { RunContext } from "./run-context.ts";

/** Seeds that a process is given: one may be dead or cut off without the others being of no use. */
const SEEDS = 3;

/** How processes start, where a scenario says more than that they do. */
interface StartOptions {
  /** The member that they claim to be; null: as before, at first their own name. */
  readonly as: MemberName | null;
  /** The nodes that they dial; null: chosen from those that run. */
  readonly join: readonly string[] | null;
}

/** Starts the processes of a run, for the first time or again. */
export class ProcessStarts {
  private readonly context: RunContext;
  /** The member that each process claims to be. */
  private readonly members = new Map<string, MemberName>();

  constructor(context: RunContext) {
    this.context = context;
  }

  /** Starts them all at once, and waits until they are ready. */
  async start(
    nodes: readonly string[],
    { as, join }: StartOptions = { as: null, join: null },
  ): Promise<void> {
    for (const node of nodes) this.members.set(node, as ?? this.members.get(node) ?? node);
    const orders = nodes.map((node) => this.orderOf(node, nodes, join));
    await this.context.unlessAborted(this.context.cluster.start(orders));
  }

  /** It dials those that run and that no fault cuts off from it, else the first that starts with it. */
  private orderOf(
    node: string,
    together: readonly string[],
    join: readonly string[] | null,
  ): StartOrder {
    const { state } = this.context;
    const reachable = state.viewers.filter(
      (other) => other !== node && !this.context.isCut(node, other),
    );
    const first = together[0] === node ? [] : together.slice(0, 1);
    const chosen = reachable.length > 0 ? reachable.slice(0, SEEDS) : first;
    const member = this.members.get(node) ?? node;
    return { node, member, join: join ?? chosen, ...this.context.offersOf(node) };
  }
}
