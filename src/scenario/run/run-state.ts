import type { Observation } from "../../cluster/cluster.ts";
import type { BeliefChange } from "../../cluster/observe/beliefs.ts";
import { ObservedState } from "../../cluster/observe/observed-state.ts";
import type { PoolObservation } from "../consumers/pool-poller.ts";
import type { Pool } from "../consumers/watched-pool.ts";
import type { RunView } from "../language/run-view.ts";

interface KnownPool {
  /** That the consumer asks. */
  readonly node: string;
  readonly pool: Pool;
}

/** What is known of a run at this moment: of its cluster, and of what consumers use. Conditions look at this alone. */
export class RunState extends ObservedState implements RunView {
  /** By the consumer's name; none while its node does not run. */
  private readonly pools = new Map<string, KnownPool>();

  pool(consumer: string): Pool | undefined {
    return this.pools.get(consumer)?.pool;
  }

  onPool({ node, consumer, members, panic }: PoolObservation): void {
    this.pools.set(consumer, { node, pool: { members, panic } });
  }

  override observe(observation: Observation): readonly BeliefChange[] {
    const { kind, node } = observation;
    if (kind === "started" || kind === "ended") this.forgetPools(node);
    return super.observe(observation);
  }

  private forgetPools(node: string): void {
    for (const [consumer, known] of this.pools) {
      if (known.node === node) this.pools.delete(consumer);
    }
  }
}
