import { setTimeout as pause } from "node:timers/promises";
import { withBalancedCluster } from "../balanced-cluster.ts";
import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import type { Haproxy } from "../haproxy.ts";
import { RequestLoad, type RequestOutcome } from "../request-load.ts";
import type { ServedCluster } from "../served-cluster.ts";
import { BackEnds } from "../worker-process.ts";

/** What ends one of the back ends under load. */
type EndOfBackEnd = "killed" | "leaves";

/** What the clients of the load balancer saw when one back end went. */
interface BalancedRun {
  /** Requests of the seconds that count, and those of them that failed. */
  readonly requests: number;
  readonly failed: number;
  /** From its end to the first moment from which on no request failed. */
  readonly failingForMs: number;
}

/** Between goodbye and the end of the process, as a deploy drains. */
const DRAIN_MS = 1000;
const WARM_MS = 1000;

/** One of the back ends behind HAProxy is killed, with DNS alone and with HAProxy's own eyes open. */
export async function measureKill(plan: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  return [...(await measure(plan, "killed", false)), ...(await measure(plan, "killed", true))];
}

/** One of them leaves, as a deploy makes it: nothing may fail. */
export function measureLeave(plan: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  return measure(plan, "leaves", false);
}

async function measure(
  plan: DiscoveryPlan,
  end: EndOfBackEnd,
  observes: boolean,
): Promise<DiscoveryFigure[]> {
  const percents: number[] = [];
  const failingForMs: number[] = [];
  for (let run = 0; run < plan.runs; run++) {
    const outcome = await runBalanced(plan, end, observes);
    percents.push((100 * outcome.failed) / outcome.requests);
    failingForMs.push(outcome.failingForMs);
  }
  const how = observes ? "and HAProxy observes, too" : "by DNS alone";
  const what = `1 of ${plan.backEnds} back ends ${end} at ${plan.requestsPerS} requests/s, ${how}`;
  const isDeploy = end === "leaves";
  return [
    {
      what: `${what}: requests that fail in ${plan.countedMs / 1000} s`,
      ...{ unit: "%", samples: percents, goal: { atMost: isDeploy ? 0 : 1 }, must: isDeploy },
    },
    {
      what: `${what}: until none fails`,
      ...{ unit: "ms", samples: failingForMs, goal: null, must: false },
    },
  ];
}

/** Ends one of several back ends behind HAProxy under a steady load, and counts what fails. */
async function runBalanced(
  plan: DiscoveryPlan,
  how: EndOfBackEnd,
  observes: boolean,
): Promise<BalancedRun> {
  const servers = Array.from({ length: plan.backEnds }, (_, at) => new BackEnds(`w${at + 1}`, 1));
  const options = { profile: plan.profile, observes, retries: 0 };
  return withBalancedCluster(servers, options, ({ cluster, haproxy }) =>
    load(plan, haproxy, () => endOne(how, cluster, servers[0])),
  );
}

async function load(
  plan: DiscoveryPlan,
  { address }: Haproxy,
  endBackEnd: () => Promise<void>,
): Promise<BalancedRun> {
  const requests = new RequestLoad(`http://${address}/`, plan.requestsPerS);
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
