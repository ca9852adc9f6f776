import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { type EndOfBackEnd, runBalanced } from "./balanced.ts";

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
