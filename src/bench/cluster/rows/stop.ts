import { setTimeout as pause } from "node:timers/promises";
import { formatSpan } from "../../../text/quantities.ts";
import { Doubts } from "../../doubts.ts";
import { FigureSheet, type MeasureRow, settle } from "../bench-row.ts";
import { AS_IT_COMES } from "../candidate.ts";
import { withFormedCluster } from "../formation.ts";

/** A process is frozen for a while: in how many runs anybody called it dead. */
export const measureStop: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  await withFormedCluster(candidate, AS_IT_COMES, plan.smallSize, async ({ cluster, names }) => {
    for (const freezeMs of plan.freezesMs) {
      const samples: number[] = [];
      for (let run = 0; run < plan.runs; run++) {
        const victim = names[run % names.length] ?? "";
        await settle(context);
        const doubts = new Doubts(cluster, [victim]);
        await cluster.pause([victim]);
        await pause(freezeMs);
        await cluster.resume([victim]);
        // A death that was on its way when it thawed counts as well.
        await settle(context);
        doubts.stop();
        samples.push(doubts.deaths > 0 ? 1 : 0);
        const told = doubts.deaths > 0 ? "called dead" : "spared";
        progress(`${victim} frozen for ${formatSpan(freezeMs)}: ${told}`);
      }
      sheet.add({
        what: `SIGSTOP for ${formatSpan(freezeMs)}, n = ${names.length}: called dead`,
        unit: "runs",
        goal: "never",
        mustBeZero: true,
        samples,
      });
    }
  });
  return sheet.figures;
};
