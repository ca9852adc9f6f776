import type { MemberName, Millis } from "../../core/member.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { Observation } from "../cluster/cluster.ts";
import type { Consumer } from "../language/scenario.ts";
import type { ConsumerRecord, NodeRecord, PoolSpan } from "../run-record.ts";
import { type Absence, absencesOf } from "./absences.ts";
import { consumerFigures } from "./consumer-figures.ts";
import { Separations } from "./separations.ts";
import type { Pool } from "./watched-pool.ts";

interface PoolChange {
  readonly atMs: Millis;
  /** Null: its node is not there to be asked. */
  readonly pool: Pool | null;
}

/** Writes down what each consumer uses, and gives it with what that came to. */
export class Consuming {
  readonly #consumers: readonly Consumer[];
  readonly #separations: Separations;
  readonly #changes = new Map<string, PoolChange[]>();

  constructor(consumers: readonly Consumer[], nodes: readonly string[]) {
    this.#consumers = consumers;
    this.#separations = new Separations(nodes);
  }

  observe(observation: Observation): void {
    const { atMs } = observation;
    if (observation.kind === "pool") {
      const { consumer, members, panic } = observation;
      this.#note(consumer, { atMs, pool: { members, panic } });
    } else if (observation.kind === "started" || observation.kind === "ended") {
      for (const { name, at } of this.#consumers) {
        if (at === observation.node) this.#note(name, { atMs, pool: null });
      }
    }
  }

  setLinks(rules: LinkRules, nowMs: Millis): void {
    if (this.#consumers.length > 0) this.#separations.setLinks(rules, nowMs);
  }

  /** With the processes as they are at the end of the run. */
  finish(nodes: readonly NodeRecord[], nowMs: Millis, aftermathMs: Millis): ConsumerRecord[] {
    return this.#consumers.map(({ name, at, label, members }) => {
      const pools = this.#poolsOf(name, nodes.find((node) => node.name === at)?.spans ?? [], nowMs);
      const absencesOfMember = (member: MemberName): Absence[] => [
        ...nodes.filter((node) => node.member === member).flatMap(absencesOf),
        ...this.#separations.between(at, member).map((stretch) => ({ ...stretch, isCrash: false })),
      ];
      const consumed = { members, pools, aftermathMs, absencesOf: absencesOfMember };
      return { name, at, decides: label, members, pools, figures: consumerFigures(consumed) };
    });
  }

  /** Only while its node runs: one that stands still is not asked, and nobody waits for it. */
  #poolsOf(consumer: string, spans: NodeRecord["spans"], nowMs: Millis): PoolSpan[] {
    const changes = this.#changes.get(consumer) ?? [];
    const running = spans.filter(({ state }) => state === "running");
    return changes.flatMap(({ atMs, pool }, at) => {
      if (pool === null) return [];
      const endMs = changes[at + 1]?.atMs ?? nowMs;
      // What changed in the last moment has no length, and counts.
      const isLast = endMs === atMs;
      return running.flatMap((span) => {
        const fromMs = Math.max(atMs, span.fromMs);
        const untilMs = Math.min(endMs, span.untilMs);
        const isThere = isLast ? fromMs === untilMs : fromMs < untilMs;
        return isThere ? [{ fromMs, untilMs, ...pool }] : [];
      });
    });
  }

  #note(consumer: string, change: PoolChange): void {
    this.#changes.set(consumer, [...(this.#changes.get(consumer) ?? []), change]);
  }
}
