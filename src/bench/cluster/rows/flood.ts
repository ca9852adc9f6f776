import { median } from "../../../text/quantiles.ts";
import { ApiPoll } from "../../api-poll.ts";
import {
  FigureSheet,
  killAndTime,
  leaveAndTime,
  type MeasureRow,
  type RowContext,
  restartAndTime,
  settle,
} from "../bench-row.ts";
import { AS_IT_COMES, type BenchCluster } from "../candidate.ts";
import { Flood } from "../flood.ts";
import { withFormedCluster } from "../formation.ts";

const ASK_EVERY_MS = 50;

/** What changes, in the words of the table. */
const CHANGES = [
  "SIGKILL → last survivor knows",
  "leave → known to all",
  "spawn → seen alive by all",
] as const;
type Change = (typeof CHANGES)[number];

/** How long each change took, in all runs. */
type Times = Readonly<Record<Change, number[]>>;

/**
 * A member is sent junk from one address: how much later all know of a change elsewhere, among them the flooded one. Serf has no limit that
 * this would measure.
 */
export const measureFlood: MeasureRow = async (context) => {
  const sheet = new FigureSheet(context);
  const { plan, candidate, progress } = context;
  if (candidate.name !== "hearsay") return [];
  await withFormedCluster(candidate, AS_IT_COMES, plan.smallSize, async ({ cluster, names }) => {
    const [flooded = "", ...others] = names;
    const quiet = await timeChanges(context, cluster, others);
    const falseDeaths = cluster.times.falseDeaths;
    const poll = new ApiPoll(`http://${cluster.daemon(flooded)?.api}`, ASK_EVERY_MS);
    const flood = new Flood(cluster.daemon(flooded)?.address ?? "", plan.floodPerS);
    const during = await timeChanges(context, cluster, others).finally(() => flood.stop());
    const answersMs = await poll.stop();
    progress(`${flooded} was sent ${flood.sentPerS} datagrams a second`);
    const at = `n = ${plan.smallSize}, ${plan.floodPerS.toLocaleString("en-US")} junk datagrams/s to one`;
    for (const change of CHANGES) {
      const [before, now] = [quiet[change], during[change]];
      sheet.add({ what: `flood: ${change}, quiet`, unit: "ms", samples: before });
      sheet.add({ what: `flood: ${change}, ${at}`, unit: "ms", samples: now });
      const ratio = median(now) / median(before);
      sheet.add({
        what: `flood: ${change}, ratio`,
        unit: "times",
        goal: "≤ 2 ×",
        samples: [ratio],
      });
    }
    sheet.add({
      what: "flood: slowest answer of the flooded one's API",
      unit: "ms",
      goal: "≤ 0.1 s",
      samples: [Math.max(...answersMs)],
    });
    sheet.add({
      what: "flood: members called dead that run",
      unit: "count",
      goal: "never",
      mustBeZero: true,
      samples: [cluster.times.falseDeaths - falseDeaths],
    });
  });
  return sheet.figures;
};

async function timeChanges(
  context: RowContext,
  cluster: BenchCluster,
  names: readonly string[],
): Promise<Times> {
  const times: Times = {
    "SIGKILL → last survivor knows": [],
    "leave → known to all": [],
    "spawn → seen alive by all": [],
  };
  for (let run = 0; run < context.plan.runs; run++) {
    const victim = names[run % names.length] ?? "";
    await settle(context);
    times["SIGKILL → last survivor knows"].push(await killAndTime(cluster, victim));
    await settle(context);
    times["spawn → seen alive by all"].push((await restartAndTime(cluster, victim)).seenMs);
    await settle(context);
    times["leave → known to all"].push(await leaveAndTime(cluster, victim));
    await settle(context);
    times["spawn → seen alive by all"].push((await restartAndTime(cluster, victim)).seenMs);
    const told = CHANGES.map((change) => Math.round(times[change].at(-1) ?? 0));
    context.progress(`${victim} killed, gone, back: known after ${told.join(", ")} ms`);
  }
  return times;
}
