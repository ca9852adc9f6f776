import type { Rng } from "../../core/primitives/rng.ts";
import { Coverage, countBlocks } from "./coverage.ts";
import { pick } from "./mutate-bytes.ts";
import type { FuzzTarget } from "./target.ts";

/** How long a target is fuzzed: until either is reached. */
export interface FuzzLimits {
  readonly runs: number;
  readonly forMs: number;
}

/** An input that shows a mistake of ours, as small as it could be made. */
export interface FuzzFailure {
  readonly input: Uint8Array;
  readonly error: Error;
  /** Inputs that ended so. */
  times: number;
}

/** What fuzzing a target gave. */
export interface FuzzResult {
  readonly target: FuzzTarget["name"];
  readonly runs: number;
  readonly tookMs: number;
  /** How often each outcome came. */
  readonly outcomes: ReadonlyMap<string, number>;
  /** Inputs that reached code or an outcome that none before them did, in the order in which they were found. */
  readonly kept: readonly Uint8Array[];
  readonly failures: readonly FuzzFailure[];
}

/** Inputs between two looks at the coverage. A look costs as much as hundreds of them, so it is rarer the less is found. */
const BATCH_MIN = 128;
const BATCH_MAX = 4096;
const RECENT = 32;
const LANES = 32;
/** An input that keeps its reader busy for so long, twice, is a mistake of ours. */
const SLOW_MS = 2000;

/**
 * Feeds a target with changed copies of its corpus. An input that reaches something new joins the corpus: an outcome, or,
 * where the target is repeatable, a block of code as V8 counts them. The same random numbers and the same number of runs
 * give the same inputs.
 */
export class Fuzzer {
  private readonly target: FuzzTarget;
  private readonly rng: Rng;
  private readonly corpus: Uint8Array[] = [];
  private readonly kept: Uint8Array[] = [];
  private readonly outcomes = new Map<string, number>();
  private readonly failures = new Map<string, FuzzFailure>();
  private readonly coverage: Coverage | undefined;
  private runs = 0;
  private batch = BATCH_MIN;

  constructor(target: FuzzTarget, rng: Rng) {
    this.target = target;
    this.rng = rng;
    if (target.isRepeatable) countBlocks();
    this.coverage = target.isRepeatable ? new Coverage() : undefined;
  }

  /** Runs all of `corpus`, then changed copies of it. `onBatch` is told how far it is. */
  async fuzz(
    corpus: readonly Uint8Array[],
    { runs, forMs }: FuzzLimits,
    onBatch: (runs: number, kept: number) => void,
  ): Promise<FuzzResult> {
    const startedMs = performance.now();
    this.corpus.push(...corpus);
    // What the corpus reaches is no news.
    await this.runBatch(corpus, false);
    while (this.runs < runs && performance.now() - startedMs < forMs) {
      await this.runBatch(this.mutants(Math.min(this.batch, runs - this.runs)));
      onBatch(this.runs, this.kept.length);
    }
    return {
      target: this.target.name,
      runs: this.runs,
      tookMs: performance.now() - startedMs,
      outcomes: this.outcomes,
      kept: this.kept,
      failures: [...this.failures.values()],
    };
  }

  private mutants(count: number): Uint8Array[] {
    return Array.from({ length: count }, () => {
      const parent = pick(
        this.rng,
        this.rng.next() < 0.3 ? this.corpus.slice(-RECENT) : this.corpus,
      );
      return this.target.mutate(this.rng, parent, pick(this.rng, this.corpus));
    });
  }

  private async runBatch(inputs: readonly Uint8Array[], keepsNews = true): Promise<void> {
    const outcomes: (string | Error)[] = [];
    // What the fuzzer itself, or anything else, has run until now is not the input's doing.
    this.coverage?.forget();
    // A live target answers some at a time. For the others each has to have its own time.
    const lanes = this.target.isRepeatable ? 1 : LANES;
    for (let at = 0; at < inputs.length; at += lanes) {
      const some = inputs.slice(at, at + lanes);
      outcomes.push(...(await Promise.all(some.map((input) => this.try(input)))));
    }
    const isNew = keepsNews && this.coverage?.takeNews(false) === true;
    for (const [at, input] of inputs.entries()) {
      const outcome = outcomes[at];
      this.runs++;
      if (outcome === undefined) continue;
      if (outcome instanceof Error) await this.fail(input, outcome);
      else if (this.count(outcome) && keepsNews) this.keep(input);
    }
    if (this.coverage === undefined) return;
    this.batch = isNew ? BATCH_MIN : Math.min(2 * this.batch, BATCH_MAX);
    if (isNew) await this.findNews(inputs);
    else if (!keepsNews) this.coverage.takeNews(true);
  }

  /** Which of these reached new code: each half is run again, and halved again if it did. */
  private async findNews(inputs: readonly Uint8Array[]): Promise<void> {
    const [only] = inputs;
    const isLast = inputs.length === 1;
    this.coverage?.forget();
    for (const input of inputs) await this.try(input);
    if (this.coverage?.takeNews(isLast) !== true || only === undefined) return;
    if (isLast) return this.keep(only);
    const middle = Math.ceil(inputs.length / 2);
    await this.findNews(inputs.slice(0, middle));
    await this.findNews(inputs.slice(middle));
  }

  private async try(input: Uint8Array): Promise<string | Error> {
    const startedMs = performance.now();
    try {
      const outcome = await this.target.attempt(input);
      return this.isSlow(startedMs) ? await this.tryAgain(input) : outcome;
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  // The machine may have been busy with something else.
  private async tryAgain(input: Uint8Array): Promise<string | Error> {
    const startedMs = performance.now();
    const outcome = await this.target.attempt(input);
    if (!this.isSlow(startedMs)) return outcome;
    return new Error(`not kept: an input is read within ${SLOW_MS} ms`);
  }

  private isSlow(startedMs: number): boolean {
    return this.target.isRepeatable && performance.now() - startedMs > SLOW_MS;
  }

  private count(outcome: string): boolean {
    const before = this.outcomes.get(outcome) ?? 0;
    this.outcomes.set(outcome, before + 1);
    return before === 0;
  }

  private keep(input: Uint8Array): void {
    if (this.kept.at(-1) === input) return;
    this.kept.push(input);
    this.corpus.push(input);
  }

  private async fail(input: Uint8Array, error: Error): Promise<void> {
    const kind = kindOf(error);
    const known = this.failures.get(kind);
    if (known !== undefined) {
      known.times++;
      return;
    }
    const isSame = async (smaller: Uint8Array) => {
      const outcome = await this.try(smaller);
      return outcome instanceof Error && kindOf(outcome) === kind;
    };
    this.failures.set(kind, { input: await shrink(input, isSame), error, times: 1 });
  }
}

/** The same mistake has the same kind, whatever numbers and names its message holds. */
function kindOf({ name, message, stack = "" }: Error): string {
  const place = stack.split("\n").find((line) => line.trim().startsWith("at ")) ?? "";
  return `${name} ${message.replaceAll(/\d+|"[^"]*"/g, "…").slice(0, 80)} ${place.trim()}`;
}

/** Most runs that a failing input is worth. */
const TRIES_MAX = 600;

/** The smallest piece of `input` found that still does what `isSame` looks for. */
async function shrink(
  input: Uint8Array,
  isSame: (smaller: Uint8Array) => Promise<boolean>,
): Promise<Uint8Array> {
  let smallest = input;
  let tries = 0;
  for (let chunk = Math.ceil(input.length / 2); chunk >= 1; chunk = Math.floor(chunk / 2)) {
    for (let at = 0; at < smallest.length && tries < TRIES_MAX; ) {
      const smaller = Uint8Array.of(...smallest.subarray(0, at), ...smallest.subarray(at + chunk));
      tries++;
      if (await isSame(smaller)) smallest = smaller;
      else at += chunk;
    }
  }
  return smallest;
}
