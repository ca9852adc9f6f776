import { Doubts } from "../../doubts.ts";
import {
  FigureSheet,
  leaveAndTime,
  type MeasureRow,
  restartAndTime,
  settle,
} from "../bench-row.ts";
import { AS_IT_COMES } from "../candidate.ts";
import { withFormedCluster } from "../formation.ts";

/**
 * A process is asked to leave: how long until all know, and in how many runs anybody
 * called it dead.
 */
export const measureLeave: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  const times: number[] = [];
  const falseReports: number[] = [];
  await withFormedCluster(candidate, AS_IT_COMES, plan.smallSize, async ({ cluster, names }) => {
    for (let run = 0; run < plan.runs; run++) {
      const leaver = names[run % names.length] ?? "";
      await settle(context);
      const doubts = new Doubts(cluster, [leaver]);
      const tookMs = await leaveAndTime(cluster, leaver);
      await settle(context);
      doubts.stop();
      times.push(tookMs);
      falseReports.push(doubts.deaths > 0 ? 1 : 0);
      progress(`${leaver} known to have left after ${Math.round(tookMs)} ms`);
      if (run < plan.runs - 1) await restartAndTime(cluster, leaver);
    }
  });
  const at = `n = ${plan.smallSize}`;
  sheet.add({ what: `leave → known to all, ${at}`, unit: "ms", goal: "≤ 0.5 s", samples: times });
  sheet.add({
    what: `leave, ${at}: called dead on the way`,
    unit: "runs",
    goal: "never",
    mustBeZero: true,
    samples: falseReports,
  });
  return sheet.figures;
};
