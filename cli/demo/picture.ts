import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { ENTRY } from "../../src/daemon/program.ts";
import { formatSpan } from "../../src/text/quantities.ts";
import { loadDashboard } from "../dashboard/load.ts";
import { ConditionNotMetError, UsageError } from "../errors.ts";
import type { Output } from "../output.ts";

const NAMES = ["n1", "n2", "n3", "n4", "n5"];
const SIZE = { columns: 140, rows: 40 };
/** Long enough for a past in the column of the last minute. */
const QUIET_MS = 40_000;
const AFTER_KILL_MS = 12_000;
const WITHIN_MS = 90_000;
const ACCUSERS_WANTED = 3;

/** Runs five daemons, kills one, freezes another, and writes the dashboard's frame of that moment as SVG. */
export async function drawDemo(path: string, output: Output): Promise<void> {
  const cluster = new LocalCluster({ names: NAMES, profile: "lan", entry: ENTRY });
  const late = new ConditionNotMetError(`no suspicion to be seen within ${formatSpan(WITHIN_MS)}`);
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(late), WITHIN_MS);
  try {
    const { pictureWhen } = await loadDashboard();
    await cluster.startOne("n1");
    await Promise.all(NAMES.slice(1).map((name) => cluster.startOne(name)));
    const picture = pictureWhen({
      url: `http://${cluster.daemon("n1").api}`,
      size: SIZE,
      signal: ending.signal,
      isWorthy: ({ state: { explanation }, matrix, selected }) =>
        selected?.name === "n3" &&
        explanation?.body.name === "n3" &&
        explanation.body.suspicion?.ended === null &&
        explanation.body.suspicion.accusations.length >= ACCUSERS_WANTED &&
        matrix?.rows.some(
          ({ isSelf, states, digest }) => !isSelf && digest !== null && states.includes("suspect"),
        ) === true,
    });
    output.talk(`Watching ${NAMES.length} daemons for ${formatSpan(QUIET_MS)} …`);
    await pause(QUIET_MS, undefined, { signal: ending.signal });
    await cluster.end(["n5"], "kill");
    await pause(AFTER_KILL_MS, undefined, { signal: ending.signal });
    await cluster.pause(["n3"]);
    save(path, await picture);
  } finally {
    clearTimeout(timer);
    await cluster.close();
  }
  output.talk(`${path} shows n5 killed and n3 frozen, as n1 sees them.`);
}

function save(path: string, svg: string): void {
  try {
    writeFileSync(path, svg);
  } catch (error) {
    throw new UsageError(
      `--picture: ${JSON.stringify(path)} cannot be written (${(error as Error).message})`,
    );
  }
}
