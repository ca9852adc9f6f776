import { Agent, get, type IncomingMessage } from "node:http";
import { Doubts } from "../../doubts.ts";
import { readProcessUsage } from "../../process-usage.ts";
import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { eventually } from "../eventually.ts";
import { CONSUMER, SERVICE, ServedCluster } from "../served-cluster.ts";

const ROUNDS = 5;
const ROUND_MS = 10_000;

/** Many clients wait for the next change of a service, half by long poll, half by stream; then a tag changes. */
export async function measureWatchers(plan: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  const cluster = await ServedCluster.open({ profile: "lan", ports: [8001, 8002, 8003] });
  // A connection that rests may be closed by the daemon just as the next poll goes out on it.
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  try {
    const doubts = new Doubts(cluster);
    const url = `http://${cluster.consumer.api}/v1/services/${SERVICE}`;
    const streams = await Promise.all(
      Array.from({ length: plan.watchers }, () => openStream(`${url}/watch`, agent)),
    );
    const reachedMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      reachedMs.push(await changeOnce(cluster, url, agent, streams, round));
    }
    const usage = readProcessUsage(cluster.consumer.pid);
    const memoryMiB = Math.round((usage?.residentBytes ?? Number.NaN) / 1024 ** 2);
    for (const stream of streams) stream.destroy();
    const what = `${plan.watchers} long polls and ${plan.watchers} streams on one daemon`;
    return [
      {
        what: `${what}: a change has reached all after`,
        ...{ unit: "ms", samples: reachedMs, goal: { atMost: 250 }, must: false },
      },
      {
        what: `${what}: its memory`,
        ...{ unit: "MiB", samples: [memoryMiB], goal: { atMost: 150 }, must: false },
      },
      {
        what: `${what}: false suspicions`,
        ...{
          unit: "",
          samples: [doubts.suspicions + doubts.deaths],
          goal: { atMost: 0 },
          must: false,
        },
      },
    ];
  } finally {
    agent.destroy();
    await cluster.close();
  }
}

async function changeOnce(
  cluster: ServedCluster,
  url: string,
  agent: Agent,
  streams: readonly IncomingMessage[],
  round: number,
): Promise<number> {
  const { index } = await cluster.client(CONSUMER).service(SERVICE);
  const before = await waitingClients(cluster);
  const polls = streams.map(() => poll(`${url}?index=${index}&wait=60s`, agent));
  await eventually("all clients wait", ROUND_MS, async () => {
    return (await waitingClients(cluster)) === before + streams.length;
  });
  const told = streams.map(
    (stream) => new Promise<void>((resolve) => stream.once("data", () => resolve())),
  );
  const beginMs = performance.now();
  await cluster.client(CONSUMER).register(SERVICE, { port: 8004, tags: [`round-${round}`] });
  const all = Promise.all([...polls, ...told]).then(() => performance.now() - beginMs);
  const late = new Promise<number>((resolve) => setTimeout(resolve, ROUND_MS, ROUND_MS).unref());
  return Math.round(await Promise.race([all, late]));
}

/** Of the daemon of consumers: the streams, the long polls, and this command, which follows its events. */
async function waitingClients(cluster: ServedCluster): Promise<number> {
  const metrics = await cluster.client(CONSUMER).metrics();
  return Number(/^hearsay_waiting_clients (\d+)$/m.exec(metrics)?.[1]);
}

function openStream(url: string, agent: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on("error", () => undefined);
      // The first frame is what there is already.
      response.once("data", () => resolve(response));
    }).on("error", reject);
  });
}

function poll(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on("end", () => resolve()).resume();
    }).on("error", reject);
  });
}
