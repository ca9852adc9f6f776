import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { numberedNodes } from "../../cluster/cluster.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { KeyOutcomeBody } from "../../control/encryption-types.ts";
import type { ProfileName } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { ENTRY } from "../../daemon/program.ts";
import { withScratchDirectory } from "../../files/scratch-directory.ts";
import { createKeyFile } from "../../keys/key-file.ts";
import { Doubts } from "../doubts.ts";

/** One change of keys in a cluster of real processes. */
export interface RotationPlan {
  readonly nodes: number;
  readonly profile: ProfileName;
  /** Share of datagrams that each node loses on the way out: 0 to 1. */
  readonly loss: number;
  /** How long the cluster is watched after the last step. */
  readonly watchMs: Millis;
}

/** What it took, and what went wrong. */
export interface Rotation {
  /** From the first step asked for to the last one that all had done. */
  readonly tookMs: Millis;
  readonly stepsMs: Readonly<Record<"install" | "use" | "remove", Millis>>;
  /** Times that a step was asked for; 3 where none had to be repeated. */
  readonly orders: number;
  /** Changes to suspect and to dead in all views, from the first step to the end of the watch. */
  readonly suspicions: number;
  readonly deaths: number;
  /** Changes to suspect in as much time as the watch, before the first step: what loss and a busy machine bring without it. */
  readonly suspicionsBefore: number;
  /** Datagrams that were lost on purpose. */
  readonly lost: number;
}

const FORMED_MS = 60_000;
const ORDERS_MAX = 10;

/** Forms a cluster with one key, loses datagrams, and changes the key at one node by the three steps. */
export function rotateKeys(plan: RotationPlan): Promise<Rotation> {
  return withScratchDirectory((directory) => rotateKeysIn(directory, plan));
}

async function rotateKeysIn(
  directory: string,
  { nodes, profile, loss, watchMs }: RotationPlan,
): Promise<Rotation> {
  const names = numberedNodes(nodes);
  const fileOf = (name: string) => join(directory, `${name}.key`);
  createKeyFile(fileOf("n1"));
  for (const name of names.slice(1)) copyFileSync(fileOf("n1"), fileOf(name));
  const extraOf = (name: string) => ["--key-file", fileOf(name)];
  const cluster = new LocalCluster({ names, profile, entry: ENTRY, extraOf });
  try {
    await cluster.form(FORMED_MS);
    await cluster.breakLinks([{ from: "*", to: "*", drop: loss }]);
    const before = new Doubts(cluster);
    await pause(watchMs);
    before.stop();
    const doubts = new Doubts(cluster);
    const rotation = await rotate(cluster);
    await pause(watchMs);
    return {
      ...rotation,
      ...{ suspicionsBefore: before.suspicions, suspicions: doubts.suspicions },
      deaths: doubts.deaths,
      lost: await countLost(cluster),
    };
  } finally {
    await cluster.close();
  }
}

async function rotate(cluster: LocalCluster) {
  const { client } = cluster.daemon("n1");
  const [old = ""] = (await client.self()).encryption?.keys.map(({ id }) => id) ?? [];
  let [id, orders] = ["", 0];
  const step = async (order: () => Promise<KeyOutcomeBody>): Promise<Millis> => {
    const startMs = performance.now();
    for (let isDone = false; !isDone && orders < ORDERS_MAX; orders++) {
      const { id: changed, failed, silent } = await order();
      id = changed;
      isDone = failed.length === 0 && silent.length === 0;
    }
    return Math.round(performance.now() - startMs);
  };
  const install = await step(() => client.installKey(id === "" ? undefined : id));
  const key = id;
  const use = await step(() => client.switchKey(key));
  const remove = await step(() => client.removeKey(old));
  return { tookMs: install + use + remove, stepsMs: { install, use, remove }, orders };
}

async function countLost(cluster: LocalCluster): Promise<number> {
  let lost = 0;
  for (const { client } of cluster.daemons) lost += (await client.faults()).counts.dropped;
  return lost;
}
