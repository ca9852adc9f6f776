import { setTimeout as pause } from "node:timers/promises";
import { type ControlClient, connectControl } from "../../../src/control/client.ts";
import { DaemonCluster } from "../../children/daemon-cluster.ts";
import type { DilemmaPlan } from "./dilemma-plan.ts";
import type { Observation, Sample, Stretch } from "./judges.ts";

const [OBSERVER, SLOW, CRASHES] = ["n1", "n2", "n3"] as const;
const NAMES = [OBSERVER, SLOW, CRASHES, "n4"];
const FORMED_MS = 20_000;
const LOOK_MS = 5;

/** Real daemons on this machine. A host that crashes is one that stands still for ever: silent, its port not refused. */
export async function observeReal(plan: DilemmaPlan): Promise<Observation> {
  const cluster = new DaemonCluster({ profile: plan.profile });
  let client: ControlClient | undefined;
  try {
    await cluster.start(OBSERVER);
    await Promise.all(NAMES.slice(1).map((name) => cluster.start(name)));
    await cluster.allSee("alive", NAMES, NAMES, FORMED_MS);
    client = connectControl(cluster.daemon(OBSERVER).bound?.api ?? "");
    await pause(plan.warmMs);
    const pauses: Stretch[] = [];
    const slow: Sample[] = [];
    for (const pauseMs of plan.pausesMs) {
      slow.push(...(await watch(client, SLOW, plan.betweenMs)));
      const fromMs = performance.now();
      cluster.daemon(SLOW).freeze();
      slow.push(...(await watch(client, SLOW, pauseMs)));
      cluster.daemon(SLOW).thaw();
      pauses.push({ fromMs, toMs: performance.now() });
    }
    slow.push(...(await watch(client, SLOW, plan.betweenMs)));
    const crashedAtMs = performance.now();
    cluster.daemon(CRASHES).freeze();
    const crashed = await watch(client, CRASHES, plan.crashMs);
    return { slow, pauses, crashed, crashedAtMs };
  } finally {
    client?.close();
    await cluster.endAll();
  }
}

async function watch(client: ControlClient, member: string, forMs: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const endMs = performance.now() + forMs; performance.now() < endMs; ) {
    const { members } = await client.members();
    const seen = members.find(({ name }) => name === member);
    const atMs = performance.now();
    if (seen !== undefined) samples.push({ atMs, phi: seen.phi, silentMs: seen.lastHeardMs ?? 0 });
    await pause(LOOK_MS);
  }
  return samples;
}
