import { bothWays, CUT } from "../../cluster/link-cuts.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { RunningDaemon } from "../../cluster/process-backend.ts";
import { untilReady } from "../../control/client/client-ready.ts";
import type { ControlClient } from "../../control/client.ts";
import type { ProfileName } from "../../core/config.ts";
import { ConditionNotMetError } from "../../core/errors.ts";
import { ENTRY } from "../../daemon/program.ts";

/** What a cluster with web servers is made of. */
export interface ServedClusterOptions {
  readonly profile: ProfileName;
  /** Port of the web server beside each back end's daemon. */
  readonly ports: readonly number[];
  /** Further arguments of the daemon that consumers ask. */
  readonly consumerArguments?: readonly string[];
}

/** Name of the service that the back ends offer. */
export const SERVICE = "web";
/** The daemon that the load balancer asks; it offers nothing itself. */
export const CONSUMER = "lb";
const FORMED_MS = 20_000;

/** A daemon for consumers, with DNS, and one beside each back end, which offers it. */
export class ServedCluster extends LocalCluster {
  readonly backEnds: readonly string[];

  private constructor({ profile, ports, consumerArguments = [] }: ServedClusterOptions) {
    const backEnds = ports.map((_, at) => `b${at + 1}`);
    const extraOf = (name: string) =>
      name === CONSUMER
        ? ["--dns", "127.0.0.1:0", ...consumerArguments]
        : ["--service", `${SERVICE}:${ports[backEnds.indexOf(name)]}`];
    super({ names: [CONSUMER, ...backEnds], profile, entry: ENTRY, extraOf });
    this.backEnds = backEnds;
  }

  /** @throws ConditionNotMetError when they do not all see each other in time */
  static async open(options: ServedClusterOptions): Promise<ServedCluster> {
    const cluster = new ServedCluster(options);
    await cluster.form(FORMED_MS);
    // Its first view is partial for a moment after it holds everybody, and services are 503 so long.
    await untilReady(() => cluster.client(CONSUMER).service(SERVICE), { patienceMs: FORMED_MS });
    return cluster;
  }

  /** The daemon that consumers ask. */
  get consumer(): RunningDaemon {
    return this.daemon(CONSUMER);
  }

  /** Where the daemon of consumers serves DNS. */
  get dns(): string {
    const { dns } = this.consumer;
    if (dns === undefined) throw new ConditionNotMetError("the daemon of consumers serves no DNS");
    return dns;
  }

  client(name: string): ControlClient {
    return this.daemon(name).client;
  }

  /** Cuts every link between the two groups, in both directions, until `healLinks`. */
  cut(some: readonly string[], others: readonly string[]): Promise<void> {
    return this.breakLinks(bothWays(CUT, some, others));
  }
}
