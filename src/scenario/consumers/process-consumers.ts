import { setTimeout as pause } from "node:timers/promises";
import type { ControlClient } from "../../control/client.ts";
import type { Millis } from "../../core/member.ts";
import type { Observation } from "../cluster/cluster.ts";
import type { Consumer } from "../language/scenario.ts";
import { LOOK_MS, PoolTeller } from "./pool-teller.ts";
import { type Pool, watchedPool } from "./watched-pool.ts";

export interface ProcessConsumersOptions {
  readonly consumers: readonly Consumer[];
  readonly nowMs: () => Millis;
  readonly tell: (observation: Observation) => void;
}

/** A daemon that consumers ask. */
export interface AskedDaemon {
  readonly node: string;
  readonly client: ControlClient;
  /** Whether it can answer: it does not stand still. */
  readonly isAwake: () => boolean;
  readonly hasEnded: () => boolean;
}

/** The consumers of real daemons: each asks its own over the control API, again and again. */
export class ProcessConsumers {
  readonly #options: ProcessConsumersOptions;
  readonly #teller: PoolTeller;

  constructor(options: ProcessConsumersOptions) {
    this.#options = options;
    this.#teller = new PoolTeller(options.tell);
  }

  /** Resolves when the daemon has ended, or at once where nobody asks it. */
  async follow(daemon: AskedDaemon): Promise<void> {
    const consumers = this.#options.consumers.filter(({ at }) => at === daemon.node);
    if (consumers.length === 0) return;
    for (const consumer of consumers) this.#teller.begin(consumer);
    while (!daemon.hasEnded()) {
      if (daemon.isAwake()) await this.#look(consumers, daemon);
      await pause(LOOK_MS);
    }
  }

  async #look(consumers: readonly Consumer[], daemon: AskedDaemon): Promise<void> {
    try {
      const pools = await askAll(consumers, daemon.client);
      if (daemon.hasEnded() || !daemon.isAwake()) return;
      const atMs = this.#options.nowMs();
      for (const [consumer, pool] of pools) this.#teller.look(consumer, pool, atMs);
    } catch {
      // It ended, or stands still: a consumer keeps what it has.
    }
  }
}

/** One question for all that watch, and one for each that uses discovery. */
async function askAll(
  consumers: readonly Consumer[],
  client: ControlClient,
): Promise<readonly (readonly [Consumer, Pool])[]> {
  const watches = consumers.some(({ decides }) => decides.by !== "discovery");
  const view = watches ? client.members() : undefined;
  return Promise.all(
    consumers.map(async (consumer) => {
      const { decides } = consumer;
      if (decides.by === "discovery") {
        const { service, maxPhi } = decides;
        const { endpoints, panic } = await client.service(service, { maxPhi: maxPhi ?? undefined });
        const members = endpoints.map(({ member }) => member);
        return [consumer, { members, panic: panic !== null }] as const;
      }
      const { members = [] } = (await view) ?? {};
      return [consumer, watchedPool(consumer, decides, members)] as const;
    }),
  );
}
