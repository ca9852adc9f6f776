import { setTimeout as pause } from "node:timers/promises";
import type { ProfileName } from "../../../core/config.ts";
import { type BalancedCluster, usesAll, withBalancedCluster } from "../balanced-cluster.ts";
import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { eventually } from "../eventually.ts";
import { RequestLoad } from "../request-load.ts";
import { CONSUMER } from "../served-cluster.ts";
import { BackEnds } from "../worker-process.ts";

interface BrokenPaths extends BalancedCluster {
  readonly plan: DiscoveryPlan;
  readonly servers: BackEnds;
  readonly reached: readonly string[];
  readonly lost: readonly string[];
}

/** Longer than a silent death takes. */
const JUDGING_MS: Readonly<Record<ProfileName, number>> = { local: 3000, lan: 8000, wan: 15_000 };
const NAIVE_TIMEOUT_MS = 2000;
/** No panic, and no limit to what doubt takes out. */
const NEVER_OPEN = ["--panic", "0", "--removals", "100"];
const JUDGED_MS = 20_000;
const HEALED_MS = 20_000;

/**
 * The health-check cascade: the path from the consumer's node to most back ends breaks. First its own links alone, then a
 * partition that also cuts the requests; with the panic share that is usual, and with none.
 */
export async function measureCascade(plan: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  const open = await withBackEnds(plan, [], async (paths) => [
    ...(await cutOwnLinks(paths)),
    ...(await partition(paths, "fails open")),
  ]);
  if (!plan.cascade.comparesPanicOff) return open;
  const closed = await withBackEnds(plan, NEVER_OPEN, (paths) => partition(paths, "panic 0"));
  return [...open, ...closed];
}

function withBackEnds(
  plan: DiscoveryPlan,
  consumerArguments: readonly string[],
  measure: (paths: BrokenPaths) => Promise<DiscoveryFigure[]>,
): Promise<DiscoveryFigure[]> {
  const { backEnds: count, reached } = plan.cascade;
  const servers = new BackEnds("servers", count);
  const options = { profile: plan.profile, consumerArguments, observes: true, retries: 3 };
  return withBalancedCluster([servers], options, (balanced) => {
    const names = balanced.cluster.backEnds;
    const sides = { reached: names.slice(0, reached), lost: names.slice(reached) };
    return measure({ plan, servers, ...balanced, ...sides });
  });
}

/** Only the links between the consumer's node and most back ends: the others vouch for them. */
async function cutOwnLinks(paths: BrokenPaths): Promise<DiscoveryFigure[]> {
  const { plan, cluster, haproxy, lost } = paths;
  await cluster.cut([CONSUMER], lost);
  let least = Number.POSITIVE_INFINITY;
  let naive = Number.POSITIVE_INFINITY;
  const endMs = performance.now() + JUDGING_MS[plan.profile];
  while (performance.now() < endMs) {
    least = Math.min(least, (await haproxy.pool()).known);
    naive = Math.min(naive, await keptByTimeout(paths));
    await pause(50);
  }
  const evicted = heldDead(paths, lost);
  await cluster.healLinks();
  await pause(1000);
  return [
    {
      what: `own links to ${lost.length} of ${plan.cascade.backEnds} cut: called dead`,
      ...{ unit: "", samples: [evicted], goal: { atMost: 0 }, must: true },
    },
    {
      what: `the same: left by a checker on that node with a timeout of ${NAIVE_TIMEOUT_MS / 1000} s`,
      ...{ unit: "", samples: [naive], goal: null, must: false },
    },
    {
      what: "the same: fewest back ends in haproxy's pool",
      ...{ unit: "", samples: [least], goal: { atLeast: plan.cascade.backEnds }, must: false },
    },
  ];
}

async function partition(
  paths: BrokenPaths,
  how: "fails open" | "panic 0",
): Promise<DiscoveryFigure[]> {
  const { plan, servers, cluster, haproxy, reached, lost } = paths;
  const { backEnds } = plan.cascade;
  const load = new RequestLoad(`http://${haproxy.address}/`, plan.requestsPerS / 4);
  await cluster.cut([CONSUMER, ...reached], lost);
  servers.cut(lost.map((_, at) => reached.length + at));
  await cluster.allSee("dead", lost, [CONSUMER], JUDGED_MS);
  await pause(plan.holdMs);
  const { known, used } = await haproxy.pool();
  const failedInHold = load.nowMs;
  servers.mend();
  await cluster.healLinks();
  const healedMs = await eventually("all as before", HEALED_MS, async () => {
    const { panics } = await cluster.client(CONSUMER).self();
    return panics.length === 0 && heldDead(paths, lost) === 0 && (await usesAll(paths));
  });
  const outcomes = await load.stop();
  const held = outcomes.filter(
    ({ sentMs }) => sentMs > failedInHold - plan.holdMs && sentMs < failedInHold,
  );
  const kept = how === "fails open" ? backEnds : reached.length;
  const what = `partition, ${reached.length} of ${backEnds} reached, ${how}`;
  return [
    { what: `${what}: in haproxy's pool`, ...whole(known, kept) },
    { what: `${what}: those it sends requests to`, ...whole(used, reached.length) },
    {
      what: `${what}: requests that fail`,
      ...{
        unit: "",
        samples: [held.filter(({ ok }) => !ok).length],
        goal: { atMost: 0 },
        must: false,
      },
    },
    {
      what: `${what}: after the heal, all as before`,
      ...{ unit: "ms", samples: [Math.round(healedMs)], goal: { atMost: 5000 }, must: false },
    },
  ];
}

/** Neither more nor less than this is met. */
function whole(found: number, wanted: number) {
  const goal = found > wanted ? { atMost: wanted } : { atLeast: wanted };
  return { unit: "", samples: [found], goal, must: true } as const;
}

/** What a naive checker would keep: whoever this node heard itself, within a fixed time. */
async function keptByTimeout({ cluster }: BrokenPaths): Promise<number> {
  const { members } = await cluster.client(CONSUMER).members();
  return members.filter(
    ({ name, lastHeardMs }) =>
      cluster.backEnds.includes(name) && (lastHeardMs ?? 0) <= NAIVE_TIMEOUT_MS,
  ).length;
}

function heldDead({ cluster }: BrokenPaths, names: readonly string[]): number {
  return names.filter((name) => cluster.state.belief(CONSUMER, name)?.state === "dead").length;
}
