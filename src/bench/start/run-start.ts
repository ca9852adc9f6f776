import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { ENTRY } from "../../daemon/program.ts";
import { median, quantile } from "../../text/quantiles.ts";
import { formatTable, right } from "../../text/table.ts";
import { type BenchOutput, putFigures } from "../bench-output.ts";
import { readConditions } from "../conditions.ts";

/** How often each start is measured. */
export interface StartChoice {
  readonly runs: number;
}

interface StartSample {
  readonly wallMs: number;
  /** Processor time of the process so far; undefined where the system does not say. */
  readonly cpuMs: number | undefined;
}

const START = ["start", "--name", "bench", "--bind", "127.0.0.1:0", "--api", "127.0.0.1:0"];
/** What the compile cache of Node 22 needs to be there for the next start. */
const WARM_UP_RUNS = 1;

/** `hearsay bench start`: from the start of a process to its answer, beside Node with an empty program. */
export async function runStartBench({ runs }: StartChoice, output: BenchOutput): Promise<void> {
  const conditions = readConditions(undefined);
  const rows = [
    { what: "node, an empty program", measure: () => runToEnd(["-e", "0"]) },
    { what: "hearsay --version", measure: () => runToEnd([ENTRY, "--version"]) },
    { what: "hearsay --help", measure: () => runToEnd([ENTRY, "--help"]) },
    { what: "hearsay start, until its ports are open", measure: startToReady },
  ];
  const figures = [];
  for (const { what, measure } of rows) {
    output.talk(`${what}: ${runs} runs …`);
    for (let run = 0; run < WARM_UP_RUNS; run++) await measure();
    const samples: StartSample[] = [];
    for (let run = 0; run < runs; run++) samples.push(await measure());
    figures.push({ what, wallMs: pick(samples, "wallMs"), cpuMs: pick(samples, "cpuMs") });
  }
  const columns = [
    `NODE ${process.versions.node}`,
    ...["CPU, LEAST", "CPU, MEDIAN", "WALL, LEAST", "WALL, MEDIAN"].map(right),
  ];
  const cells = figures.map(({ what, wallMs, cpuMs }) => [
    what,
    ...[...cpuMs, ...wallMs].map((ms) => (Number.isNaN(ms) ? "-" : `${ms.toFixed(0)} ms`)),
  ]);
  putFigures(output, { conditions, figures }, formatTable(columns, cells));
}

/** The least and the median: a machine that does other work makes all others longer. */
function pick(samples: readonly StartSample[], of: keyof StartSample): number[] {
  const values = samples.flatMap((sample) => sample[of] ?? []);
  return [quantile(values, 0), median(values)];
}

/** A process that ends by itself: its time is what its parent is told of ended children. */
async function runToEnd(words: readonly string[]): Promise<StartSample> {
  const startMs = performance.now();
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "ignore"] });
  let cpuMs: number | undefined;
  // Until it is reaped, the system knows what it used.
  child.stdout.on("end", () => {
    cpuMs = cpuMsOf(child.pid);
  });
  child.stdout.resume();
  await once(child, "close");
  return { wallMs: performance.now() - startMs, cpuMs };
}

async function startToReady(): Promise<StartSample> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [ENTRY, ...START, "--ready-fd", "3"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const ready = child.stdio[3];
  if (ready === null || ready === undefined)
    throw new Error("the daemon was started without a pipe");
  await once(ready, "data");
  const sample = { wallMs: performance.now() - startMs, cpuMs: cpuMsOf(child.pid) };
  // It ends in order: only then does Node keep what it compiled.
  child.kill("SIGTERM");
  await once(child, "close");
  return sample;
}

/** From the scheduler, in nanoseconds, of all its threads. */
function cpuMsOf(pid: number | undefined): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/schedstat`, "latin1");
    return Number(stat.split(" ")[0]) / 1e6;
  } catch {
    return undefined;
  }
}
