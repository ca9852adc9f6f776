import { createSocket } from "node:dgram";
import { connect } from "node:net";
import { Doubts } from "../../doubts.ts";
import { readProcessUsage } from "../../process-usage.ts";
import { srvQuery } from "../consumers/srv-query.ts";
import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { SERVICE, ServedCluster } from "../served-cluster.ts";

const CONNECTIONS = 16;
const QUERIES_IN_FLIGHT = 64;

/** How many questions one daemon answers, over HTTP and DNS, while its gossip goes on. */
export async function measureRequests(plan: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  const cluster = await ServedCluster.open({ profile: "lan", ports: [8001, 8002, 8003] });
  try {
    const doubts = new Doubts(cluster);
    const { pid, api } = cluster.consumer;
    const http = await perCore(pid, () => askOverHttp(api, plan.loadMs));
    const dns = await perCore(pid, () => askOverDns(cluster.dns, plan.loadMs));
    const goal = { atLeast: 5000 };
    return [
      { what: "GET /v1/services/web answered", ...rate([http.perS]), goal: null },
      { what: "the same, for each second of one core", ...rate([http.perCpuS]), goal },
      { what: "DNS queries (SRV) answered", ...rate([dns.perS]), goal: null },
      { what: "the same, for each second of one core", ...rate([dns.perCpuS]), goal },
      {
        what: "meanwhile: false suspicions",
        ...{
          unit: "",
          samples: [doubts.suspicions + doubts.deaths],
          goal: { atMost: 0 },
          must: false,
        },
      },
    ];
  } finally {
    await cluster.close();
  }
}

function rate(samples: readonly number[]) {
  return { unit: "/s", samples: samples.map(Math.round), must: false } as const;
}

/** Answers a second, and answers for each second that the daemon's process had a core. */
async function perCore(pid: number, ask: () => Promise<number>) {
  const cpuS = () => (readProcessUsage(pid)?.cpuMs ?? Number.NaN) / 1000;
  const [beginMs, beginCpuS] = [performance.now(), cpuS()];
  const answers = await ask();
  const seconds = (performance.now() - beginMs) / 1000;
  return { perS: answers / seconds, perCpuS: answers / (cpuS() - beginCpuS) };
}

/** Over a few connections that ask again as soon as they have an answer; plain sockets, to measure the server alone. */
async function askOverHttp(api: string, forMs: number): Promise<number> {
  const at = api.lastIndexOf(":");
  const request = `GET /v1/services/${SERVICE} HTTP/1.1\r\nHost: ${api}\r\n\r\n`;
  const endMs = performance.now() + forMs;
  let answers = 0;
  const converse = () =>
    new Promise<void>((resolve) => {
      const socket = connect(Number(api.slice(at + 1)), api.slice(0, at));
      let pending = "";
      socket.setEncoding("latin1").on("data", (chunk: string) => {
        pending += chunk;
        const headEnd = pending.indexOf("\r\n\r\n");
        const [, length = "0"] = /content-length: (\d+)/i.exec(pending) ?? [];
        if (headEnd < 0 || pending.length < headEnd + 4 + Number(length)) return;
        pending = "";
        answers += 1;
        if (performance.now() < endMs) socket.write(request);
        else socket.destroy();
      });
      socket.on("error", () => undefined).on("close", () => resolve());
      socket.write(request);
    });
  await Promise.all(Array.from({ length: CONNECTIONS }, converse));
  return answers;
}

/** One socket with so many queries under way; each answer is followed by the next query. */
function askOverDns(dns: string, forMs: number): Promise<number> {
  const at = dns.lastIndexOf(":");
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  socket.connect(Number(dns.slice(at + 1)), dns.slice(0, at));
  const query = srvQuery(`_${SERVICE}._tcp.hearsay`);
  const endMs = performance.now() + forMs;
  let answers = 0;
  return new Promise((resolve) => {
    socket.on("message", () => {
      answers += 1;
      if (performance.now() < endMs) socket.send(query);
    });
    socket.once("connect", () => {
      for (let sent = 0; sent < QUERIES_IN_FLIGHT; sent++) socket.send(query);
    });
    setTimeout(() => {
      socket.close();
      resolve(answers);
    }, forMs);
  });
}
