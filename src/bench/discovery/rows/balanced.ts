import { setTimeout as pause } from "node:timers/promises";
import { BackEnds } from "../back-ends.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { eventually } from "../eventually.ts";
import { Haproxy } from "../haproxy.ts";
import { RequestLoad, type RequestOutcome } from "../request-load.ts";
import { SERVICE, ServedCluster } from "../served-cluster.ts";

/** What ends one of the back ends under load. */
export type EndOfBackEnd = "killed" | "leaves";

/** What the clients of the load balancer saw when one back end went. */
export interface BalancedRun {
  /** Requests of the seconds that count, and those of them that failed. */
  readonly requests: number;
  readonly failed: number;
  /** From its end to the first moment from which on no request failed. */
  readonly failingForMs: number;
}

const READY_MS = 10_000;
/** Between goodbye and the end of the process, as a deploy drains. */
const DRAIN_MS = 1000;
const WARM_MS = 1000;

/** Ends one of several back ends behind HAProxy under a steady load, and counts what fails. */
export async function runBalanced(
  plan: DiscoveryPlan,
  how: EndOfBackEnd,
  observes: boolean,
): Promise<BalancedRun> {
  const servers = Array.from({ length: plan.backEnds }, (_, at) => BackEnds.start(`w${at + 1}`, 1));
  let cluster: ServedCluster | undefined;
  let haproxy: Haproxy | undefined;
  try {
    const ports = (await Promise.all(servers.map((server) => server.ports))).flat();
    cluster = await ServedCluster.open({ profile: plan.profile, ports });
    const balancer = await Haproxy.start({
      ...{ dns: cluster.dns, service: SERVICE, observes, retries: 0 },
    });
    haproxy = balancer;
    await eventually("haproxy uses every back end", READY_MS, async () => {
      return (await balancer.pool().catch(() => ({ used: 0 }))).used === plan.backEnds;
    });
    return await load(plan, balancer, () => endOne(how, cluster as ServedCluster, servers[0]));
  } finally {
    haproxy?.signal("SIGKILL");
    for (const server of servers) server.signal("SIGKILL");
    await cluster?.close();
    await Promise.all([haproxy?.ended, ...servers.map((server) => server.ended)]);
  }
}

async function load(
  plan: DiscoveryPlan,
  { port }: Haproxy,
  endBackEnd: () => Promise<void>,
): Promise<BalancedRun> {
  const requests = new RequestLoad(`http://127.0.0.1:${port}/`, plan.requestsPerS);
  await pause(WARM_MS);
  const endMs = requests.nowMs;
  const ended = endBackEnd();
  await pause(plan.countedMs);
  const counted = (await requests.stop()).filter(({ sentMs }) => sentMs >= endMs);
  await ended;
  const failed = counted.filter(({ ok }) => !ok);
  return {
    requests: counted.length,
    failed: failed.length,
    failingForMs: lastOf(failed) - (failed.length === 0 ? 0 : endMs),
  };
}

function lastOf(outcomes: readonly RequestOutcome[]): number {
  return outcomes.reduce((last, { sentMs }) => Math.max(last, sentMs), 0);
}

async function endOne(
  how: EndOfBackEnd,
  cluster: ServedCluster,
  server: BackEnds | undefined,
): Promise<void> {
  const [name = ""] = cluster.backEnds;
  if (how === "killed") {
    server?.signal("SIGKILL");
    await cluster.end([name], "kill");
    return;
  }
  await cluster.client(name).leave();
  await pause(DRAIN_MS);
  server?.signal("SIGTERM");
}
