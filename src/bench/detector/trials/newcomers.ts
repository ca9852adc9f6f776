import { sample } from "../../../core/primitives/rng.ts";
import type { Plan } from "../workloads/plan.ts";
import { type TrialBench, timeWhole } from "./measures.ts";

const BACK_WITHIN_MS = 60_000;
const JOINED_WITHIN_MS = 120_000;
const BETWEEN_RESTARTS_MS = 1000;

/** Every member in turn is killed and started again; the next one when it is back. */
export function restartInTurn(
  plan: Extract<Plan, { kind: "rolling-restart" }>,
  bench: TrialBench,
): void {
  const { cluster, tally } = bench;
  noteDeadSpans(bench);
  for (const name of cluster.names) {
    const others = cluster.names.filter((other) => other !== name);
    // Its old life's death may be told after it is back: no fault of anybody.
    tally.markFaulty(name);
    cluster.kill(name);
    cluster.run(plan.downMs);
    cluster.start(name, sample(cluster.rng, others, 3));
    timeWhole("back", BACK_WITHIN_MS, bench);
    cluster.run(BETWEEN_RESTARTS_MS);
  }
}

/** All but one start in the same moment and join through that one. */
export function joinAtOnce(bench: TrialBench): void {
  const { cluster } = bench;
  const [first = "n0", ...others] = cluster.names;
  cluster.start(first, []);
  cluster.run(1000 + 1000 * cluster.rng.next());
  for (const name of others) cluster.start(name, [first]);
  timeWhole("joined", JOINED_WITHIN_MS, bench);
}

function noteDeadSpans({ cluster, time }: TrialBench): void {
  const since = new Map<string, number>();
  cluster.listen({
    onChange: ({ viewer, member, to, atMs }) => {
      const key = `${viewer}>${member}`;
      const diedMs = since.get(key);
      if (to === "dead") since.set(key, atMs);
      else if (to === "alive" && diedMs !== undefined) {
        time("deadFor", atMs - diedMs);
        since.delete(key);
      }
    },
  });
}
