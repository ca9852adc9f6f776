import { DaemonCluster } from "../../../cli/children/daemon-cluster.ts";
import { type ControlClient, connectControl } from "../../control/client.ts";
import type { ProfileName } from "../../core/config.ts";
import { ConditionNotMetError } from "../../core/errors.ts";
import { eventually } from "./eventually.ts";

export interface ServedClusterOptions {
  readonly profile: ProfileName;
  /** Port of the web server beside each back end's daemon. */
  readonly ports: readonly number[];
  /** Further arguments of the daemon that consumers ask. */
  readonly consumerArguments?: readonly string[];
}

export const SERVICE = "web";
/** The daemon that the load balancer asks; it offers nothing itself. */
export const CONSUMER = "lb";
const FORMED_MS = 20_000;

/** A daemon for consumers, with DNS, and one beside each back end, which offers it. */
export class ServedCluster {
  readonly backEnds: readonly string[];
  readonly daemons: DaemonCluster;
  readonly #clients = new Map<string, ControlClient>();

  private constructor({ profile, ports, consumerArguments = [] }: ServedClusterOptions) {
    this.backEnds = ports.map((_, at) => `b${at + 1}`);
    const argumentsOf = new Map([
      [CONSUMER, ["--dns", "127.0.0.1:0", ...consumerArguments]],
      ...this.backEnds.map((name, at): [string, string[]] => [
        name,
        ["--service", `${SERVICE}:${ports[at]}`],
      ]),
    ]);
    this.daemons = new DaemonCluster({
      profile,
      extra: ["--allow-faults"],
      extraOf: (name) => argumentsOf.get(name) ?? [],
    });
  }

  /** @throws ConditionNotMetError when they do not all see each other in time */
  static async start(options: ServedClusterOptions): Promise<ServedCluster> {
    const cluster = new ServedCluster(options);
    await cluster.daemons.start(CONSUMER);
    await Promise.all(cluster.backEnds.map((name) => cluster.daemons.start(name)));
    const all = [CONSUMER, ...cluster.backEnds];
    await cluster.daemons.allSee("alive", all, all, FORMED_MS);
    // Its first view is partial for a moment after it holds everybody, and services are 503 so long.
    await eventually("the daemon of consumers has its whole view", FORMED_MS, async () => {
      return (await cluster.client(CONSUMER).members()).notYet === null;
    });
    return cluster;
  }

  /** Where the daemon of consumers serves DNS. */
  get dns(): string {
    const dns = this.daemons.daemon(CONSUMER).bound?.dns;
    if (dns === undefined) throw new ConditionNotMetError("the daemon of consumers serves no DNS");
    return dns;
  }

  client(name: string): ControlClient {
    const known = this.#clients.get(name);
    if (known !== undefined) return known;
    const client = connectControl(this.daemons.daemon(name).bound?.api ?? "");
    this.#clients.set(name, client);
    return client;
  }

  /** Cuts every link between the two groups, in both directions, until `heal`. */
  async cut(some: readonly string[], others: readonly string[]): Promise<void> {
    const rules = [
      { from: some, to: others, drop: 1 },
      { from: others, to: some, drop: 1 },
    ];
    const all = [...some, ...others];
    await Promise.all(all.map((name) => this.client(name).setFaults({ rules })));
  }

  async heal(): Promise<void> {
    const all = [CONSUMER, ...this.backEnds];
    await Promise.all(all.map((name) => this.client(name).healFaults()));
  }

  async end(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await this.daemons.endAll();
  }
}
