import { readFileSync } from "node:fs";
import { numberedNodes } from "../../src/cluster/cluster.ts";
import { exitOnSignals } from "../../src/cluster/process/exit-on-signals.ts";
import { ProcessBackend } from "../../src/cluster/process-backend.ts";
import { ConditionNotMetError } from "../../src/core/errors.ts";
import { ENTRY, packageFile } from "../../src/daemon/program.ts";
import { parseScenario } from "../../src/scenario/language/define-scenario.ts";
import type { Scenario } from "../../src/scenario/language/scenario.ts";
import { runScenario } from "../../src/scenario/run/run-scenario.ts";
import { formatCount, formatSpan } from "../../src/text/quantities.ts";
import type { Output } from "../output.ts";
import { Narrator } from "./narrator.ts";

const FILE = "scenarios/story.yaml";

/**
 * Plays the shipped story on real processes, one line an event, and ends them all.
 *
 * @throws ConditionNotMetError with what did not happen in its time
 */
export async function runStory(count: number, output: Output): Promise<void> {
  // The exit handler of the backend ends the daemons.
  exitOnSignals();
  const scenario = storyOf(count, readFileSync(packageFile(FILE), "utf8"));
  const backend = new ProcessBackend({ entry: ENTRY, env: process.env, config: scenario.config });
  const narrator = new Narrator(backend, scenario.nodes, output);
  narrator.say(`hearsay demo: ${formatCount(count, "daemon")} on this machine, profile local`);
  try {
    const { failure } = await runScenario(scenario, {
      cluster: backend,
      progress: narrator,
      onOpen: (cluster) => narrator.follow(cluster),
    });
    if (failure !== null) throw new ConditionNotMetError(`the story failed: ${failure}`);
  } finally {
    await backend.close();
  }
  narrator.heading(`The end: every process has ended, after ${formatSpan(backend.nowMs)}`);
}

/**
 * The story for a number of daemons: the last three are the heroes, and a split needs two on each side,
 * because a node that hears nobody declares nobody.
 */
export function storyOf(count: number, text: string): Scenario {
  const names = numberedNodes(count);
  const [crashed = "", frozen = crashed, leaver = frozen] = names.slice(1).slice(-3);
  const hasSplit = count >= 4;
  const sides = hasSplit ? [names.slice(0, -2), names.slice(-2)] : [names, names];
  const [most, few] = sides.map((side) => `[${side.join(", ")}]`);
  const groups = `groups: { most: ${most}, few: ${few}, crashed: ${crashed}, frozen: ${frozen}, leaver: ${leaver} }`;
  const [header = "", ...sections] = text.split(/^(?= {2}- section: )/m);
  const section = (name: string) =>
    sections.find((each) => each.startsWith(`  - section: ${name}\n`)) ?? "";
  const played = [
    ...(hasSplit ? ["birth", "split", "crash"] : ["birth", "crash"]),
    // One process may have to be all of them.
    ...(frozen === crashed ? ["return"] : []),
    ...["freeze", "goodbye", "return"],
  ];
  const adapted = header
    .replace(/^nodes: .*$/m, `nodes: ${count}`)
    .replace(/^groups: .*$/m, groups);
  return parseScenario(adapted + played.map(section).join(""), FILE);
}
