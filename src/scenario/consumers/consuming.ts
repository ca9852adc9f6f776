import type { Observation } from "../../cluster/cluster.ts";
import { PartitionHistory } from "../../cluster/observe/partition-history.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { Consumer } from "../language/scenario.ts";
import type { ConsumerRecord, NodeRecord, PoolSpan } from "../run-record.ts";
import { consumerFigures } from "./consumer-figures.ts";
import { type Downtime, downtimeOf } from "./downtime.ts";
import type { PoolObservation } from "./pool-poller.ts";
import type { Pool } from "./watched-pool.ts";

interface PoolChange {
  readonly atMs: Millis;
  /** Null: its node is not there to be asked. */
  readonly pool: Pool | null;
}

/** Writes down what each consumer uses, and gives it with what that came to. */
export class Consuming {
  private readonly consumers: readonly Consumer[];
  private readonly partitions: PartitionHistory;
  private readonly changes = new Map<string, PoolChange[]>();

  constructor(consumers: readonly Consumer[], nodes: readonly string[]) {
    this.consumers = consumers;
    this.partitions = new PartitionHistory(nodes);
  }

  onPool({ consumer, atMs, members, panic }: PoolObservation): void {
    this.note(consumer, { atMs, pool: { members, panic } });
  }

  observe({ kind, node, atMs }: Observation): void {
    if (kind !== "started" && kind !== "ended") return;
    for (const { name, at } of this.consumers)
      if (at === node) this.note(name, { atMs, pool: null });
  }

  setLinks(rules: LinkRules, nowMs: Millis): void {
    if (this.consumers.length > 0) this.partitions.setLinks(rules, nowMs);
  }

  /** With the processes as they are at the end of the run. */
  finish(nodes: readonly NodeRecord[], nowMs: Millis, aftermathMs: Millis): ConsumerRecord[] {
    return this.consumers.map(({ name, at, label, members }) => {
      const lives = this.livesOf(name, nodes.find((node) => node.name === at)?.spans ?? [], nowMs);
      const absencesOfMember = (member: MemberName): Downtime[] => [
        ...nodes.filter((node) => node.member === member).flatMap(downtimeOf),
        ...this.partitions.between(at, member).map((stretch) => ({ ...stretch, isCrash: false })),
      ];
      const consumed = { members, lives, aftermathMs, downtimeOf: absencesOfMember };
      const figures = consumerFigures(consumed);
      return { name, at, decides: label, members, pools: lives.flat(), figures };
    });
  }

  /**
   * What it used each time that its node ran from start to end; nothing while that stands still: who
   * does is not asked, and nobody waits for it.
   */
  private livesOf(consumer: string, spans: NodeRecord["spans"], nowMs: Millis): PoolSpan[][] {
    const changes = this.changes.get(consumer) ?? [];
    const running = spans.filter(({ state }) => state === "running");
    const lives: PoolSpan[][] = [];
    for (const [at, { atMs, pool }] of changes.entries()) {
      if (pool === null) {
        lives.push([]);
        continue;
      }
      const endMs = changes[at + 1]?.atMs ?? nowMs;
      lives.at(-1)?.push(...spansWithin(running, { atMs, endMs, pool }));
    }
    return lives;
  }

  private note(consumer: string, change: PoolChange): void {
    const changes = this.changes.get(consumer);
    if (changes === undefined) this.changes.set(consumer, [change]);
    else changes.push(change);
  }
}

interface Use {
  readonly atMs: Millis;
  readonly endMs: Millis;
  readonly pool: Pool;
}

function spansWithin(running: NodeRecord["spans"], { atMs, endMs, pool }: Use): PoolSpan[] {
  // What changed in the last moment has no length, and counts.
  const isLast = endMs === atMs;
  return running.flatMap((span) => {
    const fromMs = Math.max(atMs, span.fromMs);
    const untilMs = Math.min(endMs, span.untilMs);
    const isThere = isLast ? fromMs === untilMs : fromMs < untilMs;
    return isThere ? [{ fromMs, untilMs, ...pool }] : [];
  });
}
