import type { BackendName, Cluster } from "../../cluster/cluster.ts";
import type { ObservedCluster } from "../../cluster/observe/observed-cluster.ts";
import { type Condition, kindOf } from "../conditions/registry.ts";
import type { Scenario } from "../language/scenario.ts";
import { formatFigure } from "../report/amounts.ts";
import type { ExpectationRecord, RunRecord, ThresholdRecord } from "../run-record.ts";
import type { Step } from "../steps/registry.ts";
import { figuresOf, judgeThresholds } from "./figures.ts";
import { beginInvariant, type Invariant } from "./invariant.ts";
import { InterruptedError, LimitError, RunContext } from "./run-context.ts";
import { type RunProgress, SILENT } from "./run-progress.ts";
import { AwaitFailedError, StepPlayer } from "./step-player.ts";

/** What a scenario is played on, and what its record says of the run. */
export interface RunOptions {
  readonly cluster: Cluster;
  /** As given on the command line; null, as without it, for a scenario of a program. */
  readonly file?: string | null | undefined;
  /** The command that runs this again, for reports; empty unless given. */
  readonly replay?: string | undefined;
  /** ISO 8601; null, as without it, in virtual time. */
  readonly startedAt?: string | null | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: RunProgress | undefined;
  /** Called once, before anything starts: for whoever wants to see more than the progress. */
  readonly onOpen?: ((cluster: ObservedCluster) => void) | undefined;
}

/**
 * Plays a scenario on a cluster and gives its record, whatever its outcome. The cluster is left as
 * it is at the end: whoever opened it closes it.
 *
 * @throws what the cluster throws: a daemon that does not start, a fault that cannot be set
 */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunRecord> {
  const { cluster, signal, progress = SILENT } = options;
  const context = new RunContext(scenario, cluster, signal);
  options.onOpen?.(context.cluster);
  const player = new StepPlayer(context, progress);
  const standing: Invariant[] = [];
  const isOfThisBackend = ({ only }: { readonly only?: BackendName }): boolean =>
    only === undefined || only === cluster.backend;
  for (const each of scenario.always.filter(isOfThisBackend)) {
    const violated = (got: string) => progress.violated(each, got, context.nowMs);
    standing.push(await beginInvariant(context, each, context.baseline(), violated));
  }
  const untilMs = Number.POSITIVE_INFINITY;
  const whole = { depth: 0, untilMs, lastsUntilMs: null };
  let stopped = await stoppedBy(() => player.play(scenario.steps, whole));
  await context.settle();
  if (!(stopped instanceof InterruptedError)) {
    stopped = (await stoppedBy(() => context.readTraffic())) ?? stopped;
  }
  const isInterrupted = stopped instanceof InterruptedError;
  for (const each of standing) context.recorder.expectations.push(await each.end());
  const figures = figuresOf(context.times, context.state.traffic);
  const recorded = context.recorder.finish(context.nowMs);
  const { aftermathMs } = context.state;
  const consumers = context.consuming.finish(recorded.nodes, context.nowMs, aftermathMs);
  const thresholds = isInterrupted
    ? []
    : judgeThresholds(scenario.thresholds.filter(isOfThisBackend), { ...figures, consumers });
  const failure = firstFailure(scenario, context, { stopped, thresholds });
  return rounded({
    v: 1,
    scenario: { name: scenario.name, about: scenario.about, file: options.file ?? null },
    world: cluster.backend,
    startedAt: options.startedAt ?? null,
    rngSeed: scenario.rngSeed,
    profile: scenario.config.profile,
    outcome: isInterrupted ? "interrupted" : failure === null ? "passed" : "failed",
    failure,
    durationMs: context.nowMs,
    ...recorded,
    consumers,
    thresholds,
    figures,
    samples: context.times.samples,
    replay: options.replay ?? "",
  });
}

/** What ended this part of the run before its time, as far as that is a way for a run to end. */
async function stoppedBy(part: () => Promise<unknown>): Promise<Error | undefined> {
  try {
    await part();
    return undefined;
  } catch (error) {
    const isEnd =
      error instanceof AwaitFailedError ||
      error instanceof InterruptedError ||
      error instanceof LimitError;
    if (!isEnd) throw error;
    return error;
  }
}

interface Outcome {
  readonly stopped: Error | undefined;
  readonly thresholds: readonly ThresholdRecord[];
}

/** One line about the first thing that went wrong, or null. */
function firstFailure(
  scenario: Scenario,
  context: RunContext,
  { stopped, thresholds }: Outcome,
): string | null {
  if (stopped instanceof InterruptedError) return stopped.message;
  const failed = context.recorder.expectations
    .filter(({ outcome }) => outcome === "failed")
    .sort((a, b) => (a.failure?.atMs ?? 0) - (b.failure?.atMs ?? 0))[0];
  if (failed !== undefined) return describeFailed(failed);
  if (stopped !== undefined) return stopped.message;
  const missed = thresholds.find(({ outcome }) => outcome === "failed");
  if (missed !== undefined) {
    const { figure, limit, got } = missed;
    return `threshold ${figure} ${limit}: got ${formatFigure(figure, got)}`;
  }
  return unexpectedEnd(scenario, context);
}

function describeFailed({ line, id, failure, got }: ExpectationRecord): string {
  const place = line === null ? id : `line ${line}`;
  return `${place}: expected ${failure?.expected ?? "something else"}; got: ${got}`;
}

/** A process that ended by itself although nobody expected it. */
function unexpectedEnd(scenario: Scenario, { state }: RunContext): string | null {
  const expected = new Set(
    conditionsOf(scenario.steps).flatMap((each) => kindOf(each).endOf?.(each) ?? []),
  );
  for (const node of scenario.nodes) {
    const { end } = state.process(node);
    if (end?.how === "ended" && !expected.has(node)) {
      return `${node} ended unexpectedly (exit code ${end.exitCode})`;
    }
  }
  return null;
}

function conditionsOf(steps: readonly Step[]): readonly Condition[] {
  return steps.flatMap((step) => {
    if (step.kind === "expect") return [step.condition];
    if (step.kind === "repeat") return conditionsOf(step.steps);
    return "during" in step ? conditionsOf(step.during) : [];
  });
}

/** Every number to three decimals: microseconds are as exact as any clock here. */
function rounded(record: RunRecord): RunRecord {
  const round = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(3)) : value;
  return JSON.parse(JSON.stringify(record, round)) as RunRecord;
}
