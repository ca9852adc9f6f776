import { PROFILES } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { NETWORKS } from "../network-model.ts";
import { SimCluster } from "../sim-cluster.ts";
import { FaultPlayer } from "../swarm/fault-player.ts";
import { nodeNames } from "../swarm/swarm.ts";
import { type Detection, Detections, type TimelineRow } from "./detections.ts";
import { type ExperimentOptions, planExperiment } from "./experiment-options.ts";

/** Where a run is. */
export interface ExperimentProgress {
  readonly atMs: Millis;
  readonly durationMs: Millis;
  readonly steps: number;
  readonly running: number;
}

/** What happened in an experiment. */
export interface ExperimentResult {
  readonly options: ExperimentOptions;
  /** Of everything that happened, 16 hex digits. */
  readonly digest: string;
  readonly steps: number;
  readonly delivered: number;
  readonly detections: readonly Detection[];
  /** Running members declared dead, each declaration counted. */
  readonly falseDeaths: number;
  /** When every view held everybody and nobody else; null: not at the end of the run. */
  readonly isConverged: boolean;
  /** Sent by those that ran to the end, a node and second. */
  readonly traffic: { readonly datagrams: number; readonly bytes: number };
  readonly timeline: readonly TimelineRow[];
}

const TIMELINE_ROWS = 24;
const PROGRESS_EVERY_MS = 250;

/** Runs it to its end. `onProgress` is called a few times every virtual second. */
export function runExperiment(
  options: ExperimentOptions,
  onProgress: (progress: ExperimentProgress) => void = () => {},
): ExperimentResult {
  const { durationMs } = options;
  const detections = new Detections(rowMs(durationMs));
  const cluster = startCluster(options, detections);
  const player = new FaultPlayer(planExperiment(options, nodeNames(options.nodes)), {
    cluster,
    world: {
      disturb: () => () => {},
      stall: () => {},
      heal: () => {},
      changed: () => {},
      count: options.nodes,
    },
    network: { ...NETWORKS[options.network], loss: options.loss },
    startOptions: () => ({}),
    onFault: (fault) => {
      if (fault.kind === "kill") detections.expect(fault.node, "crash", cluster.nowMs);
      if (fault.kind === "crash-host") detections.expect(fault.node, "host-crash", cluster.nowMs);
    },
  });
  while (cluster.nowMs < durationMs) {
    const nextMs = Math.min(
      durationMs,
      cluster.nowMs + PROGRESS_EVERY_MS,
      player.nextAtMs ?? durationMs,
    );
    cluster.run(nextMs - cluster.nowMs);
    player.play();
    const { steps } = detections;
    onProgress({ atMs: cluster.nowMs, durationMs, steps, running: cluster.running.length });
  }
  return {
    options,
    digest: cluster.digest ?? "",
    steps: detections.steps,
    delivered: cluster.network.counters.delivered,
    detections: detections.all,
    falseDeaths: detections.falseDeaths,
    isConverged: cluster.isConverged(),
    traffic: trafficOf(cluster, durationMs),
    timeline: detections.timeline,
  };
}

function startCluster(options: ExperimentOptions, watcher: Detections): SimCluster {
  const { rngSeed, profile, network, loss, refusals, nodes, start } = options;
  const cluster = new SimCluster({
    rngSeed,
    profile,
    config: { ...PROFILES[profile], refusals },
    network: { ...NETWORKS[network], loss },
    watcher,
    isTraced: true,
    keepsEvents: false,
  });
  const names = nodeNames(nodes);
  if (start === "converged") cluster.startConverged(names);
  else cluster.startAll(names);
  return cluster;
}

/** Whole seconds, so that the rows read well. */
function rowMs(durationMs: Millis): Millis {
  return Math.max(1, Math.ceil(durationMs / 1000 / TIMELINE_ROWS)) * 1000;
}

function trafficOf(cluster: SimCluster, durationMs: Millis): ExperimentResult["traffic"] {
  let datagrams = 0;
  let bytes = 0;
  for (const name of cluster.running) {
    const sent = cluster.sentBy(name);
    datagrams += sent.datagrams;
    bytes += sent.bytes;
  }
  const nodeSeconds = (Math.max(1, cluster.running.length) * durationMs) / 1000;
  return { datagrams: datagrams / nodeSeconds, bytes: bytes / nodeSeconds };
}
