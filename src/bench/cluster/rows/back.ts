import { isDetected } from "../../../cluster/observe/silences.ts";
import { ConditionNotMetError } from "../../../core/errors.ts";
import {
  FigureSheet,
  killAndTime,
  longest,
  type MeasureRow,
  type RowContext,
  restartAndTime,
  settle,
} from "../bench-row.ts";
import { AS_IT_COMES, type BenchCluster } from "../candidate.ts";
import { WITHIN_MS, withFormedCluster } from "../formation.ts";

/**
 * A process that was held dead or frozen comes back, thawed or started anew: how long until all see
 * it alive.
 */
export const measureBack: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  const thaws: number[] = [];
  const restarts: { readonly readyMs: number; readonly seenMs: number }[] = [];
  await withFormedCluster(candidate, AS_IT_COMES, plan.smallSize, async ({ cluster, names }) => {
    for (let run = 0; run < plan.runs; run++) {
      const victim = names[run % names.length] ?? "";
      const thawMs = await timeThaw(context, cluster, victim);
      progress(`${victim} seen alive ${Math.round(thawMs)} ms after it was thawed`);
      thaws.push(thawMs);
      await settle(context);
      await killAndTime(cluster, victim);
      await settle(context);
      const restart = await restartAndTime(cluster, victim);
      restarts.push(restart);
      progress(`${victim} seen alive ${Math.round(restart.seenMs)} ms after its spawn`);
    }
  });
  const at = `n = ${plan.smallSize}`;
  sheet.add({
    what: `SIGCONT → seen alive by all, ${at}`,
    unit: "ms",
    goal: "≤ 0.3 s",
    samples: thaws,
  });
  sheet.add({
    what: `restart: ready → seen alive by all, ${at}`,
    unit: "ms",
    goal: "≤ 0.3 s",
    samples: restarts.map(({ readyMs, seenMs }) => Math.max(0, seenMs - readyMs)),
  });
  sheet.add({
    what: `restart: spawn → seen alive by all, ${at}`,
    unit: "ms",
    samples: restarts.map(({ seenMs }) => seenMs),
  });
  return sheet.figures;
};

/**
 * Freezes a process until everybody has known for a while that it is dead or frozen.
 *
 * @returns how long its return took from SIGCONT
 */
async function timeThaw(
  context: RowContext,
  cluster: BenchCluster,
  victim: string,
): Promise<number> {
  await settle(context);
  const others = cluster.viewers([victim]);
  await cluster.pause([victim]);
  const know = () => others.every((viewer) => isDetected(cluster.state.belief(viewer, victim)));
  if (!(await cluster.until(know, WITHIN_MS.death))) {
    throw new ConditionNotMetError(`${victim} froze, and not all knew it in time`);
  }
  await settle(context);
  return longest(cluster, "back", async () => {
    await cluster.resume([victim]);
    await cluster.allSee("alive", [victim], others, WITHIN_MS.comeback);
  });
}
