import { ObservedCluster } from "../../src/cluster/observe/observed-cluster.ts";
import { ObservedState } from "../../src/cluster/observe/observed-state.ts";
import { ProcessBackend, type RunningDaemon } from "../../src/cluster/process-backend.ts";
import type { ProfileName } from "../../src/core/config.ts";
import { ENTRY } from "../../src/daemon/program.ts";

/** One seed may be dead or cut off without the others being of no use. */
const SEEDS = 3;

/** Real daemons n1, n2, … on this machine, for people to watch. */
export class DemoCluster extends ObservedCluster {
  readonly names: readonly string[];
  private readonly processes: ProcessBackend;

  constructor(count: number, profile: ProfileName) {
    const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
    const config = { profile, settings: {} };
    const backend = new ProcessBackend({ entry: ENTRY, env: process.env, config });
    super(backend, new ObservedState(names, config));
    this.names = names;
    this.processes = backend;
  }

  /** The daemons that run. */
  get daemons(): readonly RunningDaemon[] {
    return this.processes.daemons;
  }

  /** Starts one that does not run. It dials some that do. */
  async startOne(name: string): Promise<void> {
    const join = this.viewers([name]).slice(0, SEEDS);
    await this.start([{ node: name, member: name, join }]);
  }

  /** @throws Error where it does not run */
  daemon(name: string): RunningDaemon {
    const daemon = this.processes.daemon(name);
    if (daemon === undefined) throw new Error(`${name} does not run`);
    return daemon;
  }
}
