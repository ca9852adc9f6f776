import type { ProfileName } from "../core/config.ts";
import { ConditionNotMetError } from "../core/errors.ts";
import type { Millis } from "../core/member.ts";
import { loopback } from "./host.ts";
import { ObservedCluster, startOrders } from "./observe/observed-cluster.ts";
import { ObservedState } from "./observe/observed-state.ts";
import { ProcessBackend, type RunningDaemon } from "./process-backend.ts";

/** What a cluster on this machine is made of. */
export interface LocalClusterOptions {
  /** All that will ever start. */
  readonly names: readonly string[];
  readonly profile: ProfileName;
  /** Path of the program's compiled `main.js`. */
  readonly entry: string;
  /** Further arguments of `hearsay start` for a daemon; none unless given. */
  readonly extraOf?: (name: string) => readonly string[];
  /** Where a daemon receives gossip at its next start; at a port that the system chooses unless given. */
  readonly bindOf?: (name: string) => string;
}

/** One seed may be dead or cut off without the others being of no use. */
const SEEDS = 3;

/** Real daemons on this machine's loopback, which people and tests start, break and ask by their names. */
export class LocalCluster extends ObservedCluster {
  readonly names: readonly string[];
  private readonly processes: ProcessBackend;

  constructor({ names, profile, entry, extraOf, bindOf }: LocalClusterOptions) {
    const config = { profile, settings: {} };
    const backend = new ProcessBackend({
      entry,
      env: process.env,
      config,
      hosts: loopback(extraOf, bindOf),
    });
    super(backend, new ObservedState(names, config));
    this.names = names;
    this.processes = backend;
  }

  /** The daemons that run. */
  get daemons(): readonly RunningDaemon[] {
    return this.processes.daemons;
  }

  /** @throws ConditionNotMetError where it does not run */
  daemon(name: string): RunningDaemon {
    const daemon = this.processes.daemon(name);
    if (daemon === undefined) throw new ConditionNotMetError(`${name} does not run`);
    return daemon;
  }

  /** Starts one that does not run. It dials some that do. */
  async startOne(name: string): Promise<RunningDaemon> {
    const join = this.viewers([name]).slice(0, SEEDS);
    await this.start([{ node: name, member: name, join }]);
    return this.daemon(name);
  }

  /**
   * Starts all of them, and waits until each sees each.
   *
   * @throws ConditionNotMetError naming who does not
   */
  async form(withinMs: Millis): Promise<void> {
    await this.start(startOrders(this.names));
    await this.allSee("alive", this.names, this.names, withinMs);
  }
}
