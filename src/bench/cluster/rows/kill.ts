import {
  FigureSheet,
  killAndTime,
  type MeasureRow,
  type RowContext,
  restartAndTime,
  settle,
} from "../bench-row.ts";
import type { Variant } from "../candidate.ts";
import { withFormedCluster } from "../formation.ts";

/** A process is killed: how long until the last survivor knows. */
export const measureKill: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  for (const variant of context.candidate.variants) {
    for (const size of context.plan.killSizes) {
      sheet.add({
        what: `SIGKILL → last survivor knows, n = ${size}${variant.label}`,
        unit: "ms",
        goal: variant.refusals ? "≤ 1.0 s" : "≤ 5 s",
        samples: await timeKills(context, variant, size),
      });
    }
  }
  return sheet.figures;
};

function timeKills(context: RowContext, variant: Variant, size: number): Promise<number[]> {
  const { plan, candidate, progress } = context;
  return withFormedCluster(candidate, variant, size, async ({ cluster, names }) => {
    const times: number[] = [];
    for (let run = 0; run < plan.runs; run++) {
      const victim = names[run % size] ?? "";
      await settle(context);
      const tookMs = await killAndTime(cluster, victim);
      times.push(tookMs);
      progress(`n = ${size}${variant.label}: ${victim} known dead after ${Math.round(tookMs)} ms`);
      if (run < plan.runs - 1) await restartAndTime(cluster, victim);
    }
    return times;
  });
}
