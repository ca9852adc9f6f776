import type { NodeEvent } from "../core/effect.ts";
import { DEAD_KNOWN_MS_DEFAULT } from "../discovery/directory/instances.ts";
import { FLAP_HOLD_MS_DEFAULT } from "../discovery/directory/pool-steadier.ts";
import { ServiceDirectory } from "../discovery/directory/service-directory.ts";
import {
  PANIC_SHARES_DEFAULT,
  REMOVAL_SHARES_DEFAULT,
  type ServiceShares,
} from "../discovery/directory/service-shares.ts";
import type { SimCluster } from "../sim/sim-cluster.ts";
import type { MemberReading, NodeReader, ServiceQuery, ServiceReading } from "./cluster.ts";

/** How a simulated process answers its clients. */
export interface SimNodeReaderOptions {
  readonly panic: ServiceShares | undefined;
  readonly isAwake: () => boolean;
}

/**
 * What a simulated process answers, by the same code as a daemon: discovery comes from the directory
 * that a daemon has, over the snapshots of the simulated node.
 */
export class SimNodeReader implements NodeReader {
  private readonly cluster: SimCluster;
  private readonly node: string;
  private readonly options: SimNodeReaderOptions;
  /** Made when it is first asked. */
  private directory: ServiceDirectory | undefined;

  constructor(cluster: SimCluster, node: string, options: SimNodeReaderOptions) {
    this.cluster = cluster;
    this.node = node;
    this.options = options;
  }

  get isAwake(): boolean {
    return this.options.isAwake();
  }

  /** The directory is out of date. */
  onEvent(event: NodeEvent): void {
    this.directory?.outdate(event);
  }

  async members(): Promise<readonly MemberReading[]> {
    const { members } = this.cluster.snapshot(this.node);
    return members.map(({ record: { name }, state, phi, lastHeardMs, waitingMs }) => {
      return { name, state, phi, lastHeardMs, waitingMs };
    });
  }

  async service({ service, maxPhi }: ServiceQuery): Promise<ServiceReading | undefined> {
    this.directory ??= this.open();
    const answer = this.directory.ask({ service, ...(maxPhi !== null && { maxPhi }) });
    if (answer === undefined) return undefined;
    const { endpoints, panic } = answer;
    return { members: endpoints.map(({ member }) => member), panic: panic !== null };
  }

  private open(): ServiceDirectory {
    const [cluster, node] = [this.cluster, this.node];
    return new ServiceDirectory(
      {
        snapshot: () => cluster.snapshot(node),
        explain: (member) => cluster.explain(node, member),
        nowMs: () => cluster.nowMs,
        wallTime: () => new Date(cluster.nowMs),
        watch: (subjects, forMs) => cluster.submit(node, { kind: "watch", subjects, forMs }),
        onEvent: () => {},
      },
      {
        panic: this.options.panic ?? PANIC_SHARES_DEFAULT,
        removals: REMOVAL_SHARES_DEFAULT,
        flapHoldMs: FLAP_HOLD_MS_DEFAULT,
        deadKnownMs: DEAD_KNOWN_MS_DEFAULT,
      },
    );
  }
}
