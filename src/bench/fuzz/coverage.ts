import { type Profiler, Session } from "node:inspector";

/** A part of a script, from the first to behind the last character. */
interface Span {
  readonly from: number;
  readonly to: number;
}

let session: Session | undefined;

/**
 * Has V8 count from now on, and until this process ends, how often each block of code runs. It does so for functions that
 * have not run yet: call it before what is to be fuzzed is used.
 */
export function countBlocks(): Session {
  if (session !== undefined) return session;
  session = new Session();
  session.connect();
  session.post("Profiler.enable");
  session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  return session;
}

/**
 * Which code of this program has run, block by block, as V8 counts it. What is asked: whether the last inputs ran code
 * that no input before them ran.
 */
export class Coverage {
  /** The blocks of each function that ran which no input has reached, by script and place of the function. */
  private readonly unreached = new Map<string, readonly Span[]>();

  /** Whether anything ran for the first time since the last call. Forgets it if not told to `learn` it. */
  takeNews(learn: boolean): boolean {
    let isNew = false;
    for (const { scriptId, url, functions } of this.take()) {
      if (url === "" || url.startsWith("node:")) continue;
      for (const { ranges } of functions) isNew = this.compare(scriptId, ranges, learn) || isNew;
    }
    return isNew;
  }

  /** Whatever ran since the last call does not count. */
  forget(): void {
    this.take();
  }

  private take(): readonly Profiler.ScriptCoverage[] {
    let taken: readonly Profiler.ScriptCoverage[] = [];
    // The session is of this very thread: the answer is there when `post` returns.
    countBlocks().post("Profiler.takePreciseCoverage", (_error, { result }) => {
      taken = result;
    });
    return taken;
  }

  // The first range is the whole function. Those inside it stand where the count changes.
  private compare(script: string, ranges: readonly Profiler.CoverageRange[], learn: boolean) {
    const [whole] = ranges;
    if (whole === undefined || whole.count === 0) return false;
    const place = `${script}:${whole.startOffset}:${whole.endOffset}`;
    const missed = spansWithout(ranges);
    const before = this.unreached.get(place);
    const now = before === undefined ? missed : overlap(before, missed);
    const isNew = before === undefined || lengthOf(now) < lengthOf(before);
    if (isNew && learn) this.unreached.set(place, now);
    return isNew;
  }
}

/** Where nothing ran. Ranges are nested, the outer first: a range inside one that did not run may have no other count. */
function spansWithout(ranges: readonly Profiler.CoverageRange[]): Span[] {
  const spans: Span[] = [];
  for (const { startOffset: from, endOffset: to, count } of ranges) {
    if (count === 0 && !spans.some((span) => span.from <= from && to <= span.to)) {
      spans.push({ from, to });
    }
  }
  return spans;
}

function overlap(a: readonly Span[], b: readonly Span[]): Span[] {
  return a.flatMap((one) =>
    b.flatMap((other) => {
      const from = Math.max(one.from, other.from);
      const to = Math.min(one.to, other.to);
      return from < to ? [{ from, to }] : [];
    }),
  );
}

function lengthOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { from, to }) => sum + to - from, 0);
}
