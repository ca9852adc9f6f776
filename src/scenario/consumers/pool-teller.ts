import type { Millis } from "../../core/member.ts";
import type { Observation } from "../cluster/cluster.ts";
import type { Consumer } from "../language/scenario.ts";
import type { Pool } from "./watched-pool.ts";

/** How often a consumer asks its node. */
export const LOOK_MS: Millis = 10;

/** Tells what a consumer uses whenever that is something else than before. */
export class PoolTeller {
  readonly #tell: (observation: Observation) => void;
  /** By the consumer's name. */
  readonly #told = new Map<string, string>();

  constructor(tell: (observation: Observation) => void) {
    this.#tell = tell;
  }

  /** A consumer's node began anew: whatever it says now is told. */
  begin({ name }: Consumer): void {
    this.#told.delete(name);
  }

  look({ name: consumer, at: node }: Consumer, { members, panic }: Pool, atMs: Millis): void {
    const told = JSON.stringify([members, panic]);
    if (this.#told.get(consumer) === told) return;
    this.#told.set(consumer, told);
    this.#tell({ kind: "pool", node, atMs, consumer, members, panic });
  }
}
