import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { ConditionNotMetError } from "../../core/errors.ts";
import { seededRng } from "../../core/primitives/rng.ts";
import { formatTable, right } from "../../text/table.ts";
import type { BenchOutput } from "../bench-output.ts";
import { Corpus, readInput } from "./corpus.ts";
import { countBlocks } from "./coverage.ts";
import { Fuzzer, type FuzzResult } from "./fuzzer.ts";
import { type FuzzChoice, TARGET_NAMES, type TargetName } from "./target.ts";
import { withTarget } from "./targets.ts";

const FOR_MS = 30_000;
const TALK_MS = 5000;
/** Without `--corpus`: failing inputs have to be somewhere. */
const CORPUS_DEFAULT = "fuzz-corpus";

interface Row extends FuzzResult {
  /** What the heap grew by in the second half, in bytes: by then caches are full, and the code is compiled. */
  readonly heapGrowth: number;
  readonly heapBytes: number;
  /** Files of the failing inputs, in the order of the failures. */
  readonly files: readonly string[];
}

/** `hearsay bench fuzz`. @throws ConditionNotMetError where an input failed */
export async function runFuzz(choice: FuzzChoice, output: BenchOutput): Promise<void> {
  if (choice.replay !== undefined && choice.replay.length > 0) {
    return replay(choice.replay, output);
  }
  countBlocks();
  const rows: Row[] = [];
  for (const name of choice.targets ?? TARGET_NAMES) rows.push(await fuzzOne(name, choice, output));
  if (output.json)
    output.data(JSON.stringify({ v: 1, rngSeed: choice.rngSeed ?? 1, rows: rows.map(toBody) }));
  else for (const line of format(rows)) output.data(line);
  const failures = rows.reduce((sum, row) => sum + row.failures.length, 0);
  if (failures === 0) return;
  for (const { target, failures: found, files } of rows) {
    for (const [at, { error, times }] of found.entries()) {
      output.talk(`${target}, ${times} times: ${error.stack ?? error.message}`);
      output.talk(`  hearsay bench fuzz --replay ${files[at]}`);
    }
  }
  throw new ConditionNotMetError(
    `${failures} kinds of input failed; each is in a file named above`,
  );
}

async function fuzzOne(name: TargetName, choice: FuzzChoice, output: BenchOutput): Promise<Row> {
  const { rngSeed = 1, runs = Number.POSITIVE_INFINITY } = choice;
  const forMs = choice.for ?? (choice.runs === undefined ? FOR_MS : Number.POSITIVE_INFINITY);
  const corpus = new Corpus(choice.corpus ?? CORPUS_DEFAULT);
  const known = choice.corpus === undefined ? [] : corpus.read(name);
  return withTarget(name, async (target) => {
    const fuzzer = new Fuzzer(target, seededRng([rngSeed, TARGET_NAMES.indexOf(name), 1, 2]));
    const startedMs = performance.now();
    let saidMs = startedMs;
    let halfway: number | undefined;
    const onBatch = (done: number, kept: number): void => {
      const nowMs = performance.now();
      if (done >= runs / 2 || nowMs - startedMs >= forMs / 2) halfway ??= liveHeapBytes();
      if (nowMs - saidMs < TALK_MS) return;
      saidMs = nowMs;
      output.talk(`${name}: ${done} runs, ${kept} inputs kept …`);
    };
    const limits = { runs, forMs };
    const result = await fuzzer.fuzz([...target.seeds(rngSeed), ...known], limits, onBatch);
    const heapBytes = liveHeapBytes();
    if (choice.corpus !== undefined) for (const input of result.kept) corpus.add(name, input);
    const files = result.failures.map(({ input }) => corpus.addFailure(name, input));
    return { ...result, files, heapBytes, heapGrowth: heapBytes - (halfway ?? heapBytes) };
  });
}

async function replay(paths: readonly string[], output: BenchOutput): Promise<void> {
  let failed = 0;
  for (const path of paths) {
    const { target: name, input } = readInput(path);
    const outcome = await withTarget(name, (target) => attempt(() => target.attempt(input)));
    if (outcome instanceof Error) failed++;
    const said = outcome instanceof Error ? `failed: ${outcome.stack ?? outcome.message}` : outcome;
    output.data(
      output.json ? JSON.stringify({ v: 1, path, outcome: String(said) }) : `${path}: ${said}`,
    );
  }
  if (failed > 0) throw new ConditionNotMetError(`${failed} of ${paths.length} inputs failed`);
}

async function attempt(run: () => string | Promise<string>): Promise<string | Error> {
  try {
    return await run();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function toBody({
  target,
  runs,
  tookMs,
  outcomes,
  kept,
  failures,
  files,
  heapBytes,
  heapGrowth,
}: Row) {
  return {
    ...{ target, runs, tookMs: Math.round(tookMs), kept: kept.length, heapBytes, heapGrowth },
    outcomes: Object.fromEntries([...outcomes].sort(([a], [b]) => (a < b ? -1 : 1))),
    failures: failures.map(({ error, times }, at) => ({
      error: error.message,
      times,
      file: files[at],
    })),
  };
}

function format(rows: readonly Row[]): string[] {
  const columns = ["RUNS", "A SECOND", "OUTCOMES", "KEPT", "FAILURES", "HEAP MB", "GREW"].map(
    right,
  );
  return formatTable(
    ["TARGET", ...columns],
    rows.map(({ target, runs, tookMs, outcomes, kept, failures, heapBytes, heapGrowth }) => [
      ...[target, String(runs), String(Math.round((runs / tookMs) * 1000)), String(outcomes.size)],
      ...[String(kept.length), String(failures.length), (heapBytes / 1e6).toFixed(1)],
      `${((100 * heapGrowth) / (heapBytes - heapGrowth)).toFixed(1)} %`,
    ]),
  );
}

/** Bytes of the heap that are in use, after everything that is not was collected. */
function liveHeapBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
