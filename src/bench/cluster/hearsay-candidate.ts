import { DaemonCluster } from "../../../cli/children/daemon-cluster.ts";
import type { LaunchedDaemon } from "../../cluster/process/launched-daemon.ts";
import { connectControl } from "../../control/client.ts";
import type { ProfileName } from "../../core/config.ts";
import {
  AS_IT_COMES,
  type BenchCluster,
  type Candidate,
  type Traffic,
  type Verdict,
} from "./candidate.ts";

/** This program, with refusals and without. */
export function hearsayCandidate(profile: ProfileName): Candidate {
  return {
    name: "hearsay",
    variants: [AS_IT_COMES, { label: ", --refusals false", refusals: false }],
    open: ({ refusals }) => new HearsayCluster(profile, refusals),
  };
}

class HearsayCluster extends DaemonCluster implements BenchCluster {
  constructor(profile: ProfileName, refusals: boolean) {
    super({ profile, extra: refusals ? [] : ["--refusals", "false"] });
  }

  onVerdict(listener: (verdict: Verdict) => void): () => void {
    return this.onChange(({ viewer, change: { member, to, by } }) => {
      if (to !== "suspect" || by === viewer) listener({ viewer, member, state: to });
    });
  }

  async watchTraffic(): Promise<() => Promise<readonly Traffic[]>> {
    const begin = new Map<string, Sent>();
    for (const { name, sent } of await this.#readAll()) begin.set(name, sent);
    return async () => {
      const rates = (await this.#readAll()).map(({ name, sent }) => rateOf(begin.get(name), sent));
      return rates.filter((rate) => rate !== undefined);
    };
  }

  #readAll() {
    const running = this.daemons.filter((daemon) => daemon.end === undefined);
    return Promise.all(
      running.map(async (daemon) => ({ name: daemon.name, sent: await readSent(daemon) })),
    );
  }
}

interface Sent {
  readonly atMs: number;
  readonly bytes: number;
  readonly datagrams: number;
}

async function readSent({ bound }: LaunchedDaemon): Promise<Sent> {
  const client = connectControl(`http://${bound?.api}`);
  try {
    const { traffic } = await client.self();
    const { bytesOut: bytes, datagramsOut: datagrams } = traffic;
    return { atMs: performance.now(), bytes, datagrams };
  } finally {
    client.close();
  }
}

function rateOf(begin: Sent | undefined, end: Sent): Traffic | undefined {
  if (begin === undefined) return undefined;
  const seconds = (end.atMs - begin.atMs) / 1_000;
  return {
    bytesPerSecond: (end.bytes - begin.bytes) / seconds,
    datagramsPerSecond: (end.datagrams - begin.datagrams) / seconds,
  };
}
