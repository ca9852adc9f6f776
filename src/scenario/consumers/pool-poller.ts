import type { Cluster, NodeReader } from "../../cluster/cluster.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { Consumer } from "../language/scenario.ts";
import { type Pool, watchedPool } from "./watched-pool.ts";

/** How often a consumer asks its node. */
const LOOK_MS: Millis = 10;

/** A consumer that asks this node uses other members than before. */
export interface PoolObservation {
  readonly kind: "pool";
  readonly node: string;
  readonly atMs: Millis;
  readonly consumer: string;
  readonly members: readonly MemberName[];
  readonly panic: boolean;
}

/** The consumers of a run: each asks its own node again and again, and each change is reported. */
export class PoolPoller {
  private readonly cluster: Cluster;
  private readonly consumers: readonly Consumer[];
  private readonly onChange: (observation: PoolObservation) => void;
  /** What was reported last, by the consumer's name. */
  private readonly reported = new Map<string, string>();

  constructor(
    cluster: Cluster,
    consumers: readonly Consumer[],
    onChange: (observation: PoolObservation) => void,
  ) {
    this.cluster = cluster;
    this.consumers = consumers;
    this.onChange = onChange;
    if (consumers.length === 0) return;
    const nodes = [...new Set(consumers.map(({ at }) => at))];
    cluster.poll(nodes, LOOK_MS, (node, reader) => this.look(node, reader));
  }

  /** A node started anew: the next answer is reported whatever it is. */
  onStarted(node: string): void {
    for (const { name } of this.at(node)) this.reported.delete(name);
  }

  private async look(node: string, reader: NodeReader): Promise<void> {
    const pools = await askAll(this.at(node), reader);
    if (!reader.isAwake) return;
    const atMs = this.cluster.nowMs;
    for (const [{ name: consumer }, pool] of pools) {
      // A consumer without an answer keeps what it has.
      if (pool === undefined) continue;
      const { members, panic } = pool;
      const report = JSON.stringify([members, panic]);
      if (this.reported.get(consumer) === report) continue;
      this.reported.set(consumer, report);
      this.onChange({ kind: "pool", node, atMs, consumer, members, panic });
      this.cluster.wake();
    }
  }

  private at(node: string): readonly Consumer[] {
    return this.consumers.filter(({ at }) => at === node);
  }
}

/** One question for all that watch, and one for each that uses discovery. */
async function askAll(
  consumers: readonly Consumer[],
  reader: NodeReader,
): Promise<readonly (readonly [Consumer, Pool | undefined])[]> {
  const watches = consumers.some(({ decides }) => decides.by !== "discovery");
  const view = watches ? reader.members() : undefined;
  return Promise.all(
    consumers.map(async (consumer) => {
      const { decides } = consumer;
      if (decides.by === "discovery") return [consumer, await reader.service(decides)] as const;
      return [consumer, watchedPool(consumer, decides, (await view) ?? [])] as const;
    }),
  );
}
