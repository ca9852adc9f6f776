import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { NO_MACHINES } from "../../src/cluster/host.ts";
import { NetnsHosts } from "../../src/cluster/netns/netns-hosts.ts";
import { ProcessBackend } from "../../src/cluster/process-backend.ts";
import { SimBackend } from "../../src/cluster/sim-backend.ts";
import { ENTRY } from "../../src/daemon/program.ts";
import type { Scenario } from "../../src/scenario/language/scenario.ts";
import type { ScenarioFile } from "../../src/scenario/language/scenario-file.ts";
import { type RunProgress, SILENT } from "../../src/scenario/run/run-progress.ts";
import { runScenario } from "../../src/scenario/run/run-scenario.ts";
import type { BackendName, RunRecord } from "../../src/scenario/run-record.ts";
import { suspendsMachines } from "../../src/scenario/steps/suspend.ts";
import { formatCount } from "../../src/text/quantities.ts";
import { UsageError } from "../errors.ts";
import type { Output } from "../output.ts";
import { StepLines } from "./progress.ts";

/** What `hearsay run` was asked for. */
export interface RunArgs {
  readonly files?: string[] | undefined;
  readonly real?: boolean | undefined;
  readonly sim?: boolean | undefined;
  readonly netns?: boolean | undefined;
  readonly dropIcmp?: boolean | undefined;
  /** Set by `--netns` itself: this process runs in the namespace that was made for it. */
  readonly inNamespace?: boolean | undefined;
  readonly rngSeed?: number | undefined;
  /** So many runs of each, with one seed after another. */
  readonly seeds?: number | undefined;
  readonly plan?: boolean | undefined;
  readonly report?: string | undefined;
  readonly keep?: boolean | undefined;
  readonly dashboard?: boolean | undefined;
  readonly json: boolean;
  readonly ascii: boolean;
}

/** What a run is carried out with. */
export interface Running {
  readonly args: RunArgs;
  readonly output: Output;
  readonly signal: AbortSignal;
  /** Called with the record while the cluster still runs. */
  readonly onRecord: (record: RunRecord) => void;
}

/** Runs one scenario, tells what it does, and ends everything that it started. */
export async function runOne(
  { file, scenario }: ScenarioFile,
  { args, output, signal, onRecord }: Running,
): Promise<RunRecord> {
  const world: BackendName = args.sim === true ? "sim" : "real";
  const { cluster, daemons } = await openCluster(scenario, args);
  const dashboard = new BesideDashboard();
  const lines = new StepLines(process.stderr, output.style, () => cluster.nowMs);
  output.talk(`${scenario.name}, ${describe(scenario, world)}`);
  try {
    const record = await runScenario(scenario, {
      cluster,
      file,
      replay: replayOf(file, scenario, args),
      startedAt: world === "sim" ? null : new Date().toISOString(),
      signal,
      progress: progressOf(args, () => besides(dashboard, lines, daemons), lines),
    });
    lines.close();
    await dashboard.untilQuit();
    onRecord(record);
    if (args.keep === true && record.outcome !== "interrupted") {
      // What stays up is a cluster to look at, not one that is still broken.
      await cluster.setFaults([]);
      await keep(daemons(), args, { output, signal });
    }
    return record;
  } finally {
    lines.close();
    dashboard.end();
    await cluster.close();
  }
}

/** Of many runs that differ by their seeds alone the steps are not worth a line each. */
function progressOf(
  { dashboard, seeds = 1 }: RunArgs,
  besideDashboard: () => RunProgress,
  lines: RunProgress,
): RunProgress {
  if (seeds > 1) return SILENT;
  return dashboard === true ? besideDashboard() : lines;
}

interface OpenCluster {
  readonly cluster: Cluster;
  /** The daemons that run; none in the simulator. */
  readonly daemons: () => ProcessBackend["daemons"];
}

async function openCluster(
  { rngSeed, config, nodes, steps }: Scenario,
  { sim, netns, dropIcmp = false }: RunArgs,
): Promise<OpenCluster> {
  if (sim === true) {
    const cluster = new SimBackend({ rngSeed, config });
    return { cluster, daemons: () => [] };
  }
  if (netns !== true && suspendsMachines(steps)) throw new UsageError(NO_MACHINES);
  const hosts = netns === true ? await NetnsHosts.open({ nodes, dropsIcmp: dropIcmp }) : undefined;
  const cluster = new ProcessBackend({ entry: ENTRY, config, env: process.env, hosts });
  return { cluster, daemons: () => cluster.daemons };
}

/** Opens the dashboard as soon as a node runs; while it is open, it has the terminal. */
function besides(
  dashboard: BesideDashboard,
  lines: RunProgress,
  daemons: OpenCluster["daemons"],
): RunProgress {
  const onTerminal = (): RunProgress | undefined => (dashboard.isOpen ? undefined : lines);
  return {
    stepBegan: (...told) => onTerminal()?.stepBegan(...told),
    stepEnded: (...told) => {
      onTerminal()?.stepEnded(...told);
      const [first] = daemons();
      if (first !== undefined) dashboard.open(first.client.url);
    },
    judged: (record) => onTerminal()?.judged(record),
    violated: (...told) => onTerminal()?.violated(...told),
    said: (...told) => onTerminal()?.said(...told),
  };
}

/** Leaves the cluster up until it is interrupted. */
async function keep(
  daemons: ProcessBackend["daemons"],
  { netns }: RunArgs,
  { output, signal }: Pick<Running, "output" | "signal">,
): Promise<void> {
  const inside = netns === true ? `nsenter --net=/proc/${process.pid}/ns/net ` : "";
  for (const { node, client } of daemons)
    output.talk(`${node} stays up: ${inside}hearsay members --attach ${client.url}`);
  output.talk("Ctrl-C ends them.");
  if (signal.aborted) return;
  // An abort listener alone does not keep this process alive.
  const alive = setInterval(() => {}, 60_000);
  await once(signal, "abort");
  clearInterval(alive);
}

function describe({ nodes, config, rngSeed }: Scenario, world: BackendName): string {
  const where = world === "sim" ? `in virtual time, rngSeed ${rngSeed}` : "on real daemons";
  return `${formatCount(nodes.length, "node")} ${where}, profile ${config.profile}`;
}

function replayOf(file: string, { rngSeed }: Scenario, { sim, netns, dropIcmp }: RunArgs): string {
  if (sim === true) return `hearsay run --sim --rng-seed ${rngSeed} ${file}`;
  if (netns !== true) return `hearsay run --real ${file}`;
  return `hearsay run --netns ${dropIcmp === true ? "--drop-icmp " : ""}${file}`;
}

/** The dashboard on one node of a run, in the same terminal, which it has to itself until it is quit. */
export class BesideDashboard {
  private child: ChildProcess | undefined;
  private quit: Promise<void> = Promise.resolve();

  get isOpen(): boolean {
    return this.child !== undefined;
  }

  /** Opens it; a second time does nothing. */
  open(apiUrl: string): void {
    if (this.child !== undefined) return;
    const child = spawn(process.execPath, [ENTRY, "dashboard", "--attach", apiUrl], {
      stdio: "inherit",
    });
    this.child = child;
    this.quit = new Promise((resolve) => {
      child.once("error", () => resolve());
      child.once("close", () => {
        this.child = undefined;
        resolve();
      });
    });
  }

  /** Resolves when the user has quit it. */
  untilQuit(): Promise<void> {
    return this.quit;
  }

  end(): void {
    this.child?.kill("SIGTERM");
  }
}
