import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Hosts, loopback } from "../../../cluster/host.ts";
import { OwnedProcess } from "../../../cluster/process/owned-process.ts";
import { ProcessBackend } from "../../../cluster/process-backend.ts";
import { ENTRY } from "../../../daemon/program.ts";
import { withScratchDirectory } from "../../../files/scratch-directory.ts";
import { reserveAddress } from "../../free-address.ts";
import { inFile, overDns, overHttp, PoolWatch } from "../consumers/pool-watch.ts";
import type { DiscoveryFigure } from "../discovery-figure.ts";
import type { DiscoveryPlan } from "../discovery-plan.ts";
import { eventually } from "../eventually.ts";
import { Haproxy } from "../haproxy.ts";
import { CONSUMER, SERVICE } from "../served-cluster.ts";
import { Members } from "../worker-process.ts";

const START = { node: CONSUMER, member: CONSUMER, join: [] } as const;
const READY_MS = 60_000;
/** Consumers look this long after each restart: the first second was the bad one. */
const WATCHED_MS = 1500;
const TEMPLATE = `{% assign web = '${SERVICE}' | service %}{% for e in web.endpoints %}{{ e.address }}\n{% endfor %}`;

/** The node that consumers ask is killed and started again and again: none of them may ever see a part of the pool. */
export async function measureRestart(plan: DiscoveryPlan): Promise<DiscoveryFigure[]> {
  const figures: DiscoveryFigure[] = [];
  for (const hasDeadSeed of [false, true]) {
    figures.push(...(await withScratchDirectory((at) => restarts(plan, hasDeadSeed, at))));
  }
  return figures;
}

async function restarts(
  { restart: { servers, times } }: DiscoveryPlan,
  hasDeadSeed: boolean,
  directory: string,
): Promise<DiscoveryFigure[]> {
  const members = new Members(servers, "lan");
  const dead = await reserveAddress();
  const dns = await reserveAddress();
  const seeds = [...(hasDeadSeed ? [dead] : []), (await members.ready).seed];
  const extra = ["--dns", dns, ...seeds.flatMap((seed) => ["--join", seed])];
  const api = await reserveAddress();
  const cluster = new ProcessBackend({
    entry: ENTRY,
    env: process.env,
    config: { profile: "lan", settings: {} },
    hosts: hostWith(api, extra),
    allowsFaults: false,
  });
  const ended: OwnedProcess[] = [members];
  const watches = new Map<string, PoolWatch>();
  try {
    await cluster.start([START]);
    const haproxy = await Haproxy.start({ dns, service: SERVICE, observes: false, retries: 0 });
    ended.push(haproxy, startTemplate(directory, api));
    const url = `http://${api}/v1`;
    const byHttp = overHttp(`${url}/services/${SERVICE}`, countEndpoints);
    await eventually("the first whole answer", READY_MS, async () => (await byHttp()) === servers);
    const pool = async () => (await haproxy.pool().catch(() => undefined))?.known;
    await eventually("haproxy has all", READY_MS, async () => (await pool()) === servers);
    const file = inFile(join(directory, "out"));
    await eventually("the template has all", READY_MS, async () => (await file()) === servers);
    watches.set("haproxy's pool", new PoolWatch(pool));
    watches.set("the template's file", new PoolWatch(file));
    watches.set("DNS", new PoolWatch(overDns(dns, `_${SERVICE}._tcp.hearsay`)));
    watches.set("HTTP", new PoolWatch(byHttp));
    const targets = overHttp(`${url}/sd/prometheus?service=${SERVICE}`, countItems);
    watches.set("Prometheus' targets", new PoolWatch(targets));
    const readyMs: number[] = [];
    for (let time = 0; time < times; time++) readyMs.push(await restartOnce(cluster, byHttp));
    const how = hasDeadSeed ? "restarted with a dead seed" : "restarted";
    return figuresOf({ how, times, servers, readyMs, watches });
  } finally {
    for (const watch of watches.values()) watch.stop();
    for (const each of ended) each.signal("SIGKILL");
    await cluster.close();
    await Promise.all(ended.map((each) => each.ended));
  }
}

/** How long it took until there was an answer again. */
async function restartOnce(
  cluster: ProcessBackend,
  look: () => Promise<number | undefined>,
): Promise<number> {
  await cluster.end(CONSUMER, "kill");
  await cluster.start([START]);
  const tookMs = await eventually("an answer", READY_MS, async () => (await look()) !== undefined);
  await pause(WATCHED_MS);
  return tookMs;
}

/** Consumers find the restarted node at the same address. */
function hostWith(api: string, extra: readonly string[]): Hosts {
  const hosts = loopback(() => extra);
  return { ...hosts, of: (node) => ({ ...hosts.of(node), api }) };
}

function figuresOf(seen: {
  readonly how: string;
  readonly times: number;
  readonly servers: number;
  readonly readyMs: readonly number[];
  readonly watches: ReadonlyMap<string, PoolWatch>;
}): DiscoveryFigure[] {
  const { how, times, servers, readyMs, watches } = seen;
  const what = `${how} ${times} times, ${servers} servers`;
  const least = [...watches].map(
    ([name, watch]): DiscoveryFigure => ({
      what: `${what}: fewest in ${name}`,
      ...{ unit: "", samples: [watch.least], goal: { atLeast: servers }, must: true },
    }),
  );
  return [
    ...least,
    {
      what: `${what}: ready to answer after`,
      ...{ unit: "ms", samples: readyMs.map(Math.round), goal: null, must: false },
    },
  ];
}

function startTemplate(directory: string, api: string): OwnedProcess {
  const template = join(directory, "in");
  writeFileSync(template, TEMPLATE);
  const words = ["template", template, join(directory, "out"), "--debounce", "20ms"];
  const child = spawn(process.execPath, [ENTRY, ...words, "--attach", `http://${api}`], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  return new OwnedProcess("template", child);
}

function countEndpoints({ endpoints }: { readonly endpoints: readonly unknown[] }): number {
  return endpoints.length;
}

function countItems(items: readonly unknown[]): number {
  return items.length;
}
