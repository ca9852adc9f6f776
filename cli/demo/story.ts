import { formatCount, formatSpan } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import type { Output } from "../output.ts";
import { playBirth, playCrash, playFreeze, playGoodbye, playReturn, type Stage } from "./acts.ts";
import { DemoCluster, type DemoClusterOptions } from "./demo-cluster.ts";
import { createNarrator } from "./narrator.ts";
import { playPartition } from "./partition-act.ts";

/**
 * Plays the life of a small cluster on real processes, one line an event, and ends them all.
 *
 * @throws ConditionNotMetError naming the act that did not happen in its time
 */
export async function runStory(
  count: number,
  output: Output,
  options: DemoClusterOptions = {},
): Promise<void> {
  // The group's exit handler ends the daemons.
  process.once("SIGINT", () => process.exit(130));
  process.once("SIGTERM", () => process.exit(143));
  const names = Array.from({ length: count }, (_, at) => `n${at + 1}`);
  const others = names.slice(1);
  const [crashed = "", frozen = crashed, leaver = frozen] = others.slice(-3);
  const cluster = new DemoCluster(options);
  const narrator = createNarrator(output);
  const stage: Stage = { cluster, narrator, names, audience: "n1" };
  narrator.tell(`hearsay demo: ${formatCount(count, "daemon")} on this machine, profile local`);
  try {
    await playAct("birth", () => playBirth(stage));
    // Who hears nobody declares nobody: both sides of a split need two.
    if (count >= 4) await playAct("partition", () => playPartition(stage, names.slice(-2)));
    await playAct("crash", () => playCrash(stage, crashed));
    if (frozen === crashed) await playAct("return", () => playReturn(stage, crashed));
    await playAct("freeze", () => playFreeze(stage, frozen));
    await playAct("goodbye", () => playGoodbye(stage, leaver));
    await playAct("return", () => playReturn(stage, crashed));
  } finally {
    await cluster.endAll();
  }
  narrator.act(
    `The end: every process is ended, after ${formatSpan(Date.now() - narrator.startMs)}`,
  );
}

async function playAct(title: string, play: () => Promise<void>): Promise<void> {
  try {
    await play();
  } catch (error) {
    if (!(error instanceof ConditionNotMetError)) throw error;
    throw new ConditionNotMetError(`the act "${title}" did not happen ${error.message}`);
  }
}
