import { setTimeout as pause } from "node:timers/promises";
import { numberedNodes } from "../../cluster/cluster.ts";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { ProfileName } from "../../core/config.ts";
import { ConditionNotMetError } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import { seededRng } from "../../core/primitives/rng.ts";
import { ENTRY } from "../../daemon/program.ts";
import { formatSpan } from "../../text/quantities.ts";
import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { readConditions } from "../conditions.ts";
import { judge, megabytes, type SoakRecord, type SoakRow, toRows } from "./judge-soak.ts";
import { drawFault, FAULT_KINDS, type Fault, inflict } from "./random-faults.ts";
import { type DaemonSample, sampleDaemons } from "./sample-daemons.ts";

/** How long, and how many. */
export interface SoakChoice {
  /** Milliseconds; an hour unless given. */
  readonly for?: Millis | undefined;
  /** Ten unless given. */
  readonly nodes?: number | undefined;
  readonly profile?: ProfileName | undefined;
  readonly rngSeed?: number | undefined;
}

const HOUR_MS: Millis = 3_600_000;
const EVERY_MS: Millis = 5000;
/** A fault is over before the next one begins. */
const FAULT_MS = { min: 500, max: 4000 };
const SAMPLE_MS: Millis = 2000;
const TALK_MS: Millis = 30_000;
const FORMED_MS: Millis = 60_000;
/** Rest before the first fault and after the last: deaths are refuted, wires dialled anew. */
const REST_MS: Millis = 10_000;
/** After that, views that differ are a mistake. */
const SETTLED_MS: Millis = 60_000;

/**
 * `hearsay bench soak`: real daemons under a fault every 5 s. A third of them is never killed: what they use is judged.
 *
 * @throws ConditionNotMetError where anything is not flat
 */
export async function runSoak(choice: SoakChoice, output: BenchOutput): Promise<void> {
  const { for: forMs = HOUR_MS, nodes = 10, profile = "lan", rngSeed = 1 } = choice;
  const conditions = readConditions(undefined);
  const names = numberedNodes(nodes);
  const cluster = new LocalCluster({ names, profile, entry: ENTRY });
  const faults = new Map<Fault["kind"], number>();
  let record: SoakRecord;
  try {
    output.talk(`${nodes} daemons of profile ${profile} for ${formatSpan(forMs)} …`);
    await cluster.form(FORMED_MS);
    const soak = new Soak(cluster, forMs, output);
    record = await soak.run(rngSeed, (kind) => faults.set(kind, (faults.get(kind) ?? 0) + 1));
  } finally {
    await cluster.close();
  }
  const rows = toRows(record);
  const wrong = judge(rows, record.digests);
  const done = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, faults.get(kind) ?? 0]));
  const body = { conditions, nodes, profile, rngSeed, forMs, faults: done, rows, wrong };
  putFigures(output, body, format(rows));
  const said = FAULT_KINDS.map((kind) => `${done[kind]} × ${kind}`).join(", ");
  output.talk(`Faults: ${said}. Only daemons that were never killed are in the table.`);
  if (wrong.length > 0) throw new ConditionNotMetError(wrong.join("; "));
  output.talk("Flat: memory, handles and queues; and one view at the end.");
}

class Soak {
  private readonly cluster: LocalCluster;
  private readonly forMs: Millis;
  private readonly output: BenchOutput;
  private readonly during: DaemonSample[] = [];
  private startedMs = 0;

  constructor(cluster: LocalCluster, forMs: Millis, output: BenchOutput) {
    this.cluster = cluster;
    this.forMs = forMs;
    this.output = output;
  }

  async run(rngSeed: number, onFault: (kind: Fault["kind"]) => void): Promise<SoakRecord> {
    const { cluster, forMs } = this;
    await this.rest();
    const before = await this.sample(cluster.names);
    this.startedMs = performance.now();
    const watching = this.watch();
    await this.disturb(rngSeed, onFault);
    await watching;
    await cluster.allSee("alive", cluster.names, cluster.names, FORMED_MS);
    const digests = await this.rest();
    const after = await this.sample(cluster.names);
    return { forMs, before, during: this.during, after, digests };
  }

  /** Waits until all views are equal, or for as long as that may take. @returns their digests */
  private async rest(): Promise<string[]> {
    await pause(REST_MS);
    for (const untilMs = performance.now() + SETTLED_MS; ; await pause(SAMPLE_MS)) {
      const selves = await Promise.all(this.cluster.daemons.map(({ client }) => client.self()));
      const digests = selves.map(({ viewDigest }) => viewDigest);
      if (new Set(digests).size === 1 || performance.now() > untilMs) return digests;
    }
  }

  private get nowMs(): Millis {
    return performance.now() - this.startedMs;
  }

  private async disturb(rngSeed: number, onFault: (kind: Fault["kind"]) => void): Promise<void> {
    const rng = seededRng([rngSeed, 1, 2, 3]);
    const { cluster } = this;
    const mortals = cluster.names.slice(Math.ceil(cluster.names.length / 3));
    for (let nextMs = 0; nextMs + EVERY_MS <= this.forMs; nextMs += EVERY_MS) {
      await pause(Math.max(0, nextMs - this.nowMs));
      const fault = drawFault(rng, cluster.names, mortals);
      onFault(fault.kind);
      const forMs = FAULT_MS.min + rng.next() * (FAULT_MS.max - FAULT_MS.min);
      await inflict(cluster, fault, (ms) => pause(ms), forMs);
    }
    await pause(Math.max(0, this.forMs - this.nowMs));
  }

  private async watch(): Promise<void> {
    let saidMs = 0;
    while (this.nowMs < this.forMs) {
      const samples = await this.sample(this.cluster.viewers());
      this.during.push(...samples);
      if (this.nowMs - saidMs > TALK_MS) {
        saidMs = this.nowMs;
        const most = Math.max(...samples.map(({ residentBytes }) => residentBytes));
        this.output.talk(`${formatSpan(this.nowMs)}: at most ${megabytes(most)} MB a daemon …`);
      }
      await pause(SAMPLE_MS);
    }
  }

  private sample(nodes: readonly string[]): Promise<DaemonSample[]> {
    const daemons = this.cluster.daemons.filter(({ node }) => nodes.includes(node));
    return sampleDaemons(daemons, () => this.nowMs);
  }
}

function format(rows: readonly SoakRow[]): string[] {
  const columns = ["RSS EARLY", "RSS LATE", "GREW MB", "HANDLES", "AFTER", "QUEUED MOST", "AFTER"];
  return formatTable(
    ["NODE", ...[...columns, "API MEDIAN", "API WORST"].map(right)],
    rows.map((row) => [
      ...[row.node, megabytes(row.earlyBytes), megabytes(row.lateBytes)],
      megabytes(row.lateBytes - row.earlyBytes),
      ...[row.handlesBefore, row.handlesAfter, row.queuedMost, row.queuedAfter].map(String),
      ...[row.apiMedianMs, row.apiWorstMs].map((ms) => `${ms.toFixed(1)} ms`),
    ]),
  );
}
