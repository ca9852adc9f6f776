import type { ProfileName } from "../../core/config.ts";
import { eventually } from "./eventually.ts";
import { Haproxy, type HaproxySettings } from "./haproxy.ts";
import { SERVICE, ServedCluster } from "./served-cluster.ts";
import type { BackEnds } from "./worker-process.ts";

/** Web servers, the daemons that offer them, and a load balancer that asks one of these. */
export interface BalancedCluster {
  readonly cluster: ServedCluster;
  readonly haproxy: Haproxy;
}

/** How its daemons and its load balancer are set up. */
export interface BalancedClusterOptions extends Pick<HaproxySettings, "observes" | "retries"> {
  readonly profile: ProfileName;
  /** Further arguments of the daemon that consumers ask. */
  readonly consumerArguments?: readonly string[];
}

const READY_MS = 15_000;

/** Does `work` with HAProxy before all these servers, and ends every process of it, the servers too. */
export async function withBalancedCluster<T>(
  servers: readonly BackEnds[],
  { profile, consumerArguments = [], ...balancing }: BalancedClusterOptions,
  work: (balanced: BalancedCluster) => Promise<T>,
): Promise<T> {
  let cluster: ServedCluster | undefined;
  let haproxy: Haproxy | undefined;
  try {
    const ready = await Promise.all(servers.map((server) => server.ready));
    const ports = ready.flatMap((each) => each.ports);
    cluster = await ServedCluster.open({ profile, ports, consumerArguments });
    haproxy = await Haproxy.start({ dns: cluster.dns, service: SERVICE, ...balancing });
    const balanced = { cluster, haproxy };
    await eventually("haproxy uses every back end", READY_MS, () => usesAll(balanced));
    return await work(balanced);
  } finally {
    haproxy?.signal("SIGKILL");
    for (const server of servers) server.signal("SIGKILL");
    await cluster?.close();
    await Promise.all([haproxy?.ended, ...servers.map((server) => server.ended)]);
  }
}

/** Whether the load balancer would send requests to every back end. */
export async function usesAll({ cluster, haproxy }: BalancedCluster): Promise<boolean> {
  return (await haproxy.pool().catch(() => ({ used: 0 }))).used === cluster.backEnds.length;
}
