import { connectControl } from "../../src/control/client.ts";
import type { MemberName } from "../../src/core/member.ts";
import { formatMillis, formatSpan } from "../../src/text/quantities.ts";
import { cutRules } from "../faults/cluster-faults.ts";
import type { Stage } from "./acts.ts";
import { tellTimes } from "./narrator.ts";

/** Longest waits of profile `local`, several times what is usual. */
const WITHIN_MS = { split: 8_000, heal: 8_000 };
/** The links heal by themselves after this, should the story end early. */
const CUT_FOR_MS = 30_000;

/** The links between two sides are cut, each side goes on without the other, and they find back. */
export async function playPartition(stage: Stage, minority: readonly MemberName[]): Promise<void> {
  const { cluster, narrator, names } = stage;
  const majority = names.filter((name) => !minority.includes(name));
  narrator.act(
    `Every link between ${list(majority)} and ${list(minority)} is cut: datagrams vanish, nothing is refused`,
  );
  const cutMs = Date.now();
  const rules = cutRules([majority, minority]);
  await Promise.all([
    whenAllDead(stage, majority, minority, cutMs),
    whenAllDead(stage, minority, majority, cutMs),
    ...names.map((name) =>
      ask(stage, name, (client) => client.setFaults({ rules, ttlMs: CUT_FOR_MS })),
    ),
  ]);
  const splitForMs = Date.now() - cutMs;
  narrator.act(`The links heal, after ${formatSpan(splitForMs)}`);
  const healedMs = Date.now();
  await Promise.all(names.map((name) => ask(stage, name, (client) => client.healFaults())));
  await cluster.allSee("alive", names, names, WITHIN_MS.heal);
  narrator.result(`one view again ${formatMillis(Date.now() - healedMs)} after the links healed`);
}

/** Tells when the viewers hold all of the other side dead. */
async function whenAllDead(
  { cluster, narrator }: Stage,
  viewers: readonly MemberName[],
  others: readonly MemberName[],
  sinceMs: number,
): Promise<void> {
  const times = new Map<string, number>();
  const stop = cluster.onChange(({ viewer, timeMs, change }) => {
    if (change.to !== "dead" || !viewers.includes(viewer)) return;
    times.set(viewer, Math.max(0, timeMs - sinceMs));
  });
  await cluster.allSee("dead", others, viewers, WITHIN_MS.split).finally(stop);
  const verb = viewers.length === 1 ? "holds" : "hold";
  narrator.result(`${list(viewers)} ${verb} ${list(others)} dead, ${tellTimes(times)}`);
}

async function ask(
  { cluster }: Stage,
  name: MemberName,
  question: (client: ReturnType<typeof connectControl>) => Promise<unknown>,
): Promise<void> {
  const client = connectControl(`http://${cluster.daemon(name).bound?.api}`);
  try {
    await question(client);
  } finally {
    client.close();
  }
}

function list(names: readonly string[]): string {
  return `{${names.join(" ")}}`;
}
