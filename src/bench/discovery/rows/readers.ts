import { get, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { connectControl } from "../../../control/client.ts";
import { ApiPoll } from "../../api-poll.ts";
import { Doubts } from "../../doubts.ts";
import { readProcessUsage } from "../../process-usage.ts";
import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { eventually } from "../eventually.ts";
import { ServedCluster } from "../served-cluster.ts";
import { EventSource } from "../worker-process.ts";

const WITHIN_MS = 20_000;
const ASK_EVERY_MS = 250;

/**
 * Many read all events of one daemon to which thousands happen each second; the others go on hearing it. The
 * answers of its API are timed in the process that reads all those streams.
 */
export async function measureReaders({
  readers,
  loadMs,
}: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  const cluster = await ServedCluster.open({ profile: "lan", ports: [8001, 8002, 8003] });
  const source = new EventSource(cluster.consumer.address);
  try {
    const { api } = await source.ready;
    const client = connectControl(api);
    await eventually("the source of events has its whole view", WITHIN_MS, async () => {
      return (await client.members()).members.length === cluster.daemons.length + 1;
    });
    const doubts = new Doubts(cluster);
    const streams = await Promise.all(Array.from({ length: readers.count }, () => readEvents(api)));
    const beginCpuMs = cpuMs(source);
    source.happen(readers.eventsPerS);
    const asking = new ApiPoll(api, ASK_EVERY_MS);
    await pause(loadMs);
    const askedMs = await asking.stop();
    source.happen(0);
    const stoppedMs = performance.now();
    const usedCpuMs = cpuMs(source) - beginCpuMs;
    const { index: last } = await client.members();
    await eventually("each reader has all events, or was cut off", WITHIN_MS, async () =>
      streams.every((stream) => stream.isCutOff || stream.lastIndex() >= last),
    ).catch(() => undefined);
    const lateMs = performance.now() - stoppedMs;
    const { suspicions, deaths } = doubts;
    client.close();
    for (const { response } of streams) response.destroy();
    const kept = streams.filter(({ isCutOff }) => !isCutOff);
    const delivered = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    const what = `${readers.count} readers of ${readers.eventsPerS} events a second`;
    const figure = (
      text: string,
      unit: DiscoveryFigure["unit"],
      sample: number,
      goal: DiscoveryFigure["goal"],
    ) => ({
      ...{ what: `${what}: ${text}`, unit, samples: [Math.round(sample)], goal, must: false },
    });
    return [
      figure("events a second that happened", "/s", (last / loadMs) * 1000, null),
      figure("cut off, being too far behind", "", streams.length - kept.length, { atMost: 0 }),
      figure("the last event has reached all others after", "ms", lateMs, { atMost: 1000 }),
      figure("sent to all", "MiB", delivered / 1024 ** 2, null),
      figure("share of one core for it", "%", (100 * usedCpuMs) / loadMs, null),
      figure("slowest answer of its API", "ms", Math.max(...askedMs), { atMost: 1000 }),
      figure("false suspicions", "", suspicions, { atMost: 0 }),
      figure("false deaths", "", deaths, { atMost: 0 }),
    ];
  } finally {
    source.signal("SIGKILL");
    await cluster.close();
  }
}

const cpuMs = ({ pid }: EventSource) => readProcessUsage(pid)?.cpuMs ?? Number.NaN;

/** What a reader was sent, and whether its connection has ended. */
interface Reader {
  readonly response: IncomingMessage;
  bytes: number;
  isCutOff: boolean;
  lastIndex(): number;
}

function readEvents(api: string): Promise<Reader> {
  return new Promise((resolve, reject) => {
    get(`${api}/v1/events`, { agent: false }, (response) => {
      let tail: Buffer = Buffer.alloc(0);
      const lastIndex = () =>
        Number(/^id: \w+:(\d+)$/m.exec(tail.toString("latin1").slice(-60))?.[1] ?? 0);
      const reader: Reader = { response, bytes: 0, isCutOff: false, lastIndex };
      response.on("data", (chunk: Buffer) => {
        reader.bytes += chunk.length;
        tail = chunk.length < 60 ? Buffer.concat([tail.subarray(-60), chunk]) : chunk;
      });
      response.on("error", () => undefined);
      response.on("close", () => {
        reader.isCutOff = true;
      });
      response.once("data", () => resolve(reader));
    }).on("error", reject);
  });
}
