import type { NodeEvent } from "../../core/effect.ts";
import type { Millis } from "../../core/member.ts";
import type { NodeSnapshot } from "../../core/snapshot.ts";
import { DEAD_KNOWN_MS_DEFAULT } from "../../discovery/directory/instances.ts";
import { FLAP_HOLD_MS_DEFAULT } from "../../discovery/directory/pool-steadier.ts";
import { ServiceDirectory } from "../../discovery/directory/service-directory.ts";
import { REMOVAL_SHARES_DEFAULT } from "../../discovery/directory/service-shares.ts";
import type { SimCluster } from "../../sim/sim-cluster.ts";
import type { Observation } from "../cluster/cluster.ts";
import type { Consumer, ScenarioService } from "../language/scenario.ts";
import { panicSharesOf } from "./offered.ts";
import { PoolTeller } from "./pool-teller.ts";
import { type KnownMember, type Pool, watchedPool } from "./watched-pool.ts";

export interface SimConsumersOptions {
  readonly cluster: SimCluster;
  readonly consumers: readonly Consumer[];
  readonly services: readonly ScenarioService[];
  readonly tell: (observation: Observation) => void;
}

/**
 * The consumers of a simulated cluster. Those that use discovery ask the directory that a daemon
 * answers with, over the snapshots of the simulated node.
 */
export class SimConsumers {
  readonly #options: SimConsumersOptions;
  readonly #teller: PoolTeller;
  /** By node. */
  readonly #directories = new Map<string, ServiceDirectory>();

  constructor(options: SimConsumersOptions) {
    this.#options = options;
    this.#teller = new PoolTeller(options.tell);
  }

  get isNobody(): boolean {
    return this.#options.consumers.length === 0;
  }

  /** A node began, and knows nothing yet. */
  started(node: string): void {
    this.#directories.delete(node);
    for (const consumer of this.#at(node)) this.#teller.begin(consumer);
  }

  happened(node: string, event: NodeEvent): void {
    this.#directories.get(node)?.outdate(event);
  }

  /** Lets the consumers of all these nodes look. */
  look(nodes: readonly string[]): void {
    for (const node of nodes) this.#lookAt(node);
  }

  #lookAt(node: string): void {
    const { cluster } = this.#options;
    let taken: NodeSnapshot | undefined;
    const snapshot = () => (taken ??= cluster.snapshot(node));
    for (const consumer of this.#at(node)) {
      const pool = this.#poolOf(consumer, snapshot);
      if (pool !== undefined) this.#teller.look(consumer, pool, cluster.nowMs);
    }
  }

  /** Undefined while the node has no whole view: then its consumers keep what they have. */
  #poolOf(consumer: Consumer, snapshot: () => NodeSnapshot): Pool | undefined {
    const { decides, at } = consumer;
    if (decides.by !== "discovery") {
      return watchedPool(consumer, decides, snapshot().members.map(knownMember));
    }
    const { service, maxPhi } = decides;
    const query = { service, ...(maxPhi !== null && { maxPhi }) };
    const answer = this.#directoryOf(at).ask(query);
    if (answer === undefined) return undefined;
    const { endpoints, panic } = answer;
    return { members: endpoints.map(({ member }) => member), panic: panic !== null };
  }

  #directoryOf(node: string): ServiceDirectory {
    const known = this.#directories.get(node);
    if (known !== undefined) return known;
    const { cluster, services } = this.#options;
    const directory = new ServiceDirectory(
      {
        snapshot: () => cluster.snapshot(node),
        nowMs: (): Millis => cluster.nowMs,
        wallTime: () => new Date(cluster.nowMs),
        watch: (subjects, forMs) => cluster.submit(node, { kind: "watch", subjects, forMs }),
        onEvent: () => {},
      },
      {
        panic: panicSharesOf(services),
        removals: REMOVAL_SHARES_DEFAULT,
        flapHoldMs: FLAP_HOLD_MS_DEFAULT,
        deadKnownMs: DEAD_KNOWN_MS_DEFAULT,
      },
    );
    this.#directories.set(node, directory);
    return directory;
  }

  #at(node: string): readonly Consumer[] {
    return this.#options.consumers.filter(({ at }) => at === node);
  }
}

function knownMember({
  record,
  state,
  phi,
  lastHeardMs,
}: NodeSnapshot["members"][number]): KnownMember {
  return { name: record.name, state, phi, lastHeardMs };
}
