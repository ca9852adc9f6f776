import { FigureSheet, type MeasureRow } from "../bench-row.ts";
import { AS_IT_COMES } from "../candidate.ts";
import { type Formation, withFormedCluster } from "../formation.ts";

const READY_SIZE_GOAL = 5;

/** Many processes start: how long until they are ready, and until every view is full. */
export const measureStart: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  for (const size of plan.startSizes) {
    const formations: Formation[] = [];
    for (let run = 0; run < plan.runs; run++) {
      const formation = await withFormedCluster(
        candidate,
        AS_IT_COMES,
        size,
        async (formed) => formed.formation,
      );
      formations.push(formation);
      const { spawnedMs, readyMs, fullMs } = formation;
      const [ready, full] = [readyMs - spawnedMs, fullMs - spawnedMs].map(Math.round);
      progress(`n = ${size}: all ready after ${ready} ms, all views full after ${full} ms`);
    }
    sheet.add({
      what: `start, n = ${size}: last one up → all views full`,
      unit: "ms",
      goal: "≤ 1 s",
      samples: formations.map(({ readyMs, fullMs }) => fullMs - readyMs),
    });
    sheet.add({
      what: `start, n = ${size}: first spawn → all ready`,
      unit: "ms",
      ...(size === READY_SIZE_GOAL ? { goal: "≤ 2 s" } : {}),
      samples: formations.map(({ spawnedMs, readyMs }) => readyMs - spawnedMs),
    });
  }
  return sheet.figures;
};
