import type { LaunchedDaemon } from "../../src/cluster/process/launched-daemon.ts";
import { connectControl } from "../../src/control/client.ts";
import type { MemberState } from "../../src/core/member.ts";
import { formatMillis, formatPhi, formatSpan } from "../../src/text/quantities.ts";
import { ConditionNotMetError } from "../errors.ts";
import { within } from "../local/deadline.ts";
import type { DemoCluster, SeenChange } from "./demo-cluster.ts";
import { type Narrator, tellTimes } from "./narrator.ts";
import { watchPhi } from "./phi-watch.ts";

/** What the acts play on. `audience` is the node through whose eyes phi is shown; it is never touched. */
export interface Stage {
  readonly cluster: DemoCluster;
  readonly narrator: Narrator;
  readonly names: readonly string[];
  readonly audience: string;
}

/** Longest waits of profile `local`, several times what is usual: a busy machine must not spoil the story. */
const WITHIN_MS = { birth: 15_000, death: 8_000, comeback: 5_000, goodbye: 3_000 };
/** Phi is told when it has passed these, so that its climb takes a few lines only. */
const PHI_STEPS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** All daemons start, find each other and agree. */
export async function playBirth({ cluster, narrator, names, audience }: Stage): Promise<void> {
  narrator.act(`${names.length} daemons start, each knowing at most the address of ${audience}`);
  const announce = async (name: string) => {
    const { pid, bound } = await startInTime(cluster, name);
    narrator.tell(`${name} listens on ${bound?.address} (pid ${pid}, API http://${bound?.api})`);
  };
  await announce(audience);
  await Promise.all(names.filter((name) => name !== audience).map(announce));
  const allUpMs = Date.now();
  await cluster.allSee("alive", names, names, WITHIN_MS.birth);
  const tookMs = Math.max(0, Date.now() - allUpMs);
  narrator.result(
    `${names.length} nodes see each other, ${formatMillis(tookMs)} after the last one was up`,
  );
}

/** A process is killed; the refusals of its host may give it away before the silence does. */
export async function playCrash(stage: Stage, victim: string): Promise<void> {
  const { cluster, narrator, audience } = stage;
  narrator.act(`${victim} is killed (SIGKILL)`);
  const phi = climbingPhi(stage, victim);
  const times = await timeBelief(stage, victim, "dead", WITHIN_MS.death, () => {
    cluster.daemon(victim).signal("SIGKILL");
  }).finally(phi.stop);
  narrator.result(
    `${victim} known dead ${tellTimes(times)}; ${audience}'s phi for it had reached ` +
      `${formatPhi(phi.highest)} (silence alone is suspected from 8 on)`,
  );
}

/** A process is frozen until it is held dead, thaws, and refutes. */
export async function playFreeze(stage: Stage, victim: string): Promise<void> {
  const { cluster, narrator, audience } = stage;
  narrator.act(`${victim} is frozen (SIGSTOP): its port stays open, it is only silent`);
  const phi = climbingPhi(stage, victim);
  const times = await timeBelief(stage, victim, "dead", WITHIN_MS.death, () => {
    cluster.daemon(victim).freeze();
  }).finally(phi.stop);
  narrator.result(
    `${victim} held dead ${tellTimes(times)}; ${audience}'s phi for it had climbed to ${formatPhi(phi.highest)}`,
  );
  narrator.act(`${victim} thaws (SIGCONT)`);
  const back = await timeBelief(stage, victim, "alive", WITHIN_MS.comeback, () => {
    cluster.daemon(victim).thaw();
  });
  narrator.result(`${victim} seen alive again ${tellTimes(back)}`);
}

/** A node says goodbye: nobody may call it dead on the way. */
export async function playGoodbye(stage: Stage, leaver: string): Promise<void> {
  const { cluster, narrator } = stage;
  narrator.act(`${leaver} leaves gracefully`);
  const slander: SeenChange[] = [];
  const stop = cluster.onChange((seen) => {
    if (seen.change.member === leaver && seen.change.to !== "left") slander.push(seen);
  });
  const daemon = cluster.daemon(leaver);
  const client = connectControl(`http://${daemon.bound?.api}`);
  const times = await timeBelief(stage, leaver, "left", WITHIN_MS.goodbye, () => client.leave());
  const { exitCode } = await daemon.ended;
  client.close();
  stop();
  if (slander[0] !== undefined) {
    const { viewer, change } = slander[0];
    throw new ConditionNotMetError(`${viewer} called ${leaver} ${change.to} while it left`);
  }
  narrator.result(
    `${leaver} known to have left ${tellTimes(times)}, never called dead; exit code ${exitCode}`,
  );
}

/** A dead node's process starts again, under its name, and is believed. */
export async function playReturn(stage: Stage, name: string): Promise<void> {
  const { cluster, narrator } = stage;
  narrator.act(`${name} starts again`);
  let readyMs = Date.now();
  const times = await timeBelief(stage, name, "alive", WITHIN_MS.comeback, async () => {
    const { pid } = await startInTime(cluster, name);
    readyMs = Date.now();
    narrator.tell(`${name} listens again (pid ${pid})`);
    await cluster.allSee("alive", cluster.viewers(), [name], WITHIN_MS.comeback);
  });
  const slowestMs = Math.max(0, Date.now() - readyMs);
  narrator.result(
    `${name} seen alive ${tellTimes(times)} from its start, ${formatMillis(slowestMs)} from when it listened`,
  );
}

function startInTime(cluster: DemoCluster, name: string): Promise<LaunchedDaemon> {
  const tooLate = () => `within ${formatSpan(WITHIN_MS.birth)}: ${name} does not listen`;
  return within(cluster.start(name), WITHIN_MS.birth, tooLate);
}

/**
 * Does something to `member` and waits until every other running node believes `state`, telling each change.
 *
 * @returns how long each viewer needed, from the deed
 */
async function timeBelief(
  { cluster, narrator }: Stage,
  member: string,
  state: MemberState,
  withinMs: number,
  deed: () => unknown,
): Promise<Map<string, number>> {
  const viewers = cluster.viewers([member]);
  const times = new Map<string, number>();
  const deedMs = Date.now();
  const stop = cluster.onChange((seen) => {
    if (seen.viewer === member) return;
    narrator.change(seen);
    if (seen.change.member !== member || seen.change.to !== state) return;
    times.set(seen.viewer, Math.max(0, seen.timeMs - deedMs));
  });
  try {
    await deed();
    await cluster.allSee(state, [member], viewers, withinMs);
  } finally {
    stop();
  }
  return times;
}

function climbingPhi({ cluster, narrator, audience }: Stage, member: string) {
  let nextStep = 0;
  const api = cluster.daemon(audience).bound?.api ?? "";
  return watchPhi(api, member, ({ phi, silentMs }) => {
    if (phi < (PHI_STEPS[nextStep] ?? Number.POSITIVE_INFINITY)) return;
    nextStep = PHI_STEPS.findIndex((step) => step > phi);
    if (nextStep < 0) nextStep = PHI_STEPS.length;
    narrator.tell(
      `${audience}'s phi for ${member} climbs: ${formatPhi(phi)}, silent for ${formatSpan(silentMs)}`,
    );
  });
}
