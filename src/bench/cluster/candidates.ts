import type { Traffic } from "../../cluster/cluster.ts";
import { loopback } from "../../cluster/host.ts";
import { ProcessBackend } from "../../cluster/process-backend.ts";
import type { ProfileName } from "../../core/config.ts";
import { ENTRY } from "../../daemon/program.ts";
import {
  AS_IT_COMES,
  BenchCluster,
  type Candidate,
  type EndTraffic,
  type TrafficRate,
} from "./candidate.ts";
import { SerfBackend } from "./serf/serf-backend.ts";

/** This program, with refusals and without. */
export function hearsayCandidate(profile: ProfileName): Candidate {
  return {
    name: "hearsay",
    variants: [AS_IT_COMES, { label: ", --refusals false", refusals: false }],
    open: ({ refusals }, names) => {
      const backend = new ProcessBackend({
        entry: ENTRY,
        env: process.env,
        config: { profile, settings: {} },
        hosts: loopback(() => (refusals ? [] : ["--refusals", "false"])),
        allowsFaults: false,
      });
      return new BenchCluster(backend, names, profile, () => watchTraffic(backend));
    },
  };
}

async function watchTraffic(backend: ProcessBackend): Promise<EndTraffic> {
  const begin = await backend.traffic();
  return async () => {
    const end = await backend.traffic();
    return [...end].flatMap(([node, sent]) => rateBetween(begin.get(node), sent) ?? []);
  };
}

function rateBetween(begin: Traffic | undefined, end: Traffic): TrafficRate | undefined {
  if (begin === undefined) return undefined;
  const seconds = (end.ranMs - begin.ranMs) / 1_000;
  return {
    bytesPerSecond: (end.bytes - begin.bytes) / seconds,
    datagramsPerSecond: (end.datagrams - begin.datagrams) / seconds,
  };
}

/** HashiCorp Serf in the profile of the same name. */
export function serfCandidate(profile: ProfileName): Candidate {
  return {
    name: "serf",
    variants: [AS_IT_COMES],
    open: (_, names) => {
      const backend = new SerfBackend(profile);
      return new BenchCluster(backend, names, profile, () => backend.watchTraffic());
    },
  };
}
