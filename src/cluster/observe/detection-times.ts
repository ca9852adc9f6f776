import type { MemberName, Millis } from "../../core/member.ts";
import type { BeliefChange } from "./beliefs.ts";
import type { ObservedState } from "./observed-state.ts";

/** One measured time, from its cause to the moment when it was known. */
export interface FigureSample {
  readonly figure: "detect" | "back" | "heal";
  /** Null for `heal`, which is about all views. */
  readonly viewer: string | null;
  readonly member: MemberName | null;
  /** When the cause was. */
  readonly fromMs: Millis;
  readonly tookMs: Millis;
}

/** From a request to leave until a viewer knew that the member had left. */
export interface LeaveSample {
  readonly viewer: string;
  readonly member: MemberName;
  readonly fromMs: Millis;
  readonly tookMs: Millis;
}

/** Spread of some samples; all null without any. */
export interface Spread {
  readonly count: number;
  readonly avg: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

/**
 * The stopwatch for detection, return and healing: every such figure, in README, benchmarks and
 * reports of scenarios alike, is measured here. A time runs from its cause, as the fault history has
 * it, to the moment at which the viewer reported its new belief.
 */
export class DetectionTimes {
  readonly samples: FigureSample[] = [];
  readonly leaves: LeaveSample[] = [];
  /** Deaths of members that ran and that nothing kept from the viewer. */
  falseDeaths = 0;
  /** Changes of beliefs to suspect. */
  suspicions = 0;
  private readonly state: ObservedState;
  /** When a viewer took a member for dead, by both. */
  private readonly deaths = new Map<string, Millis>();
  /** When a member was asked to leave. */
  private readonly leavingSince = new Map<MemberName, Millis>();
  private healingSinceMs: Millis | undefined;

  constructor(state: ObservedState) {
    this.state = state;
  }

  /** A cut was healed, or a process came back: until all views are one, the cluster heals. */
  restored(atMs: Millis): void {
    // Where the views stayed one there is nothing to heal.
    if (!this.state.isConverged) this.healingSinceMs = atMs;
  }

  /** Something new goes wrong: what heals from here on is not the old thing. */
  disturbed(): void {
    this.healingSinceMs = undefined;
  }

  /** A process is asked to leave, or to stop. */
  leaving(node: string, atMs: Millis): void {
    this.leavingSince.set(this.state.process(node).member, atMs);
  }

  observed(changes: readonly BeliefChange[], atMs: Millis): void {
    for (const change of changes) this.changed(change);
    const fromMs = this.healingSinceMs;
    if (fromMs === undefined || !this.state.isConverged) return;
    this.healingSinceMs = undefined;
    this.samples.push({ figure: "heal", viewer: null, member: null, ...taken(fromMs, atMs) });
  }

  /** How long this took each time, in milliseconds. */
  took(figure: FigureSample["figure"]): readonly Millis[] {
    return this.samples.filter((sample) => sample.figure === figure).map(({ tookMs }) => tookMs);
  }

  private changed({ viewer, member, from, to, atMs }: BeliefChange): void {
    const { faults, aftermathMs } = this.state;
    const subject = this.state.nodeOf(member);
    if (subject === viewer) return;
    if (to === "suspect") this.suspicions++;
    const pair = `${viewer} ${member}`;
    if (to === "dead") {
      this.deaths.set(pair, atMs);
      const fromMs = faults.causeOf(viewer, subject);
      if (fromMs !== undefined) {
        this.samples.push({ figure: "detect", viewer, member, ...taken(fromMs, atMs) });
      } else if (this.state.belief(viewer, member)?.isUnprovoked === true) {
        this.falseDeaths++;
      }
    }
    if (to === "left") {
      const fromMs = this.leavingSince.get(member);
      if (fromMs !== undefined) this.leaves.push({ viewer, member, ...taken(fromMs, atMs) });
    }
    if (from === "dead" && to === "alive") {
      const deadSinceMs = this.deaths.get(pair) ?? 0;
      // From what explains that death, and not from something older.
      const fromMs = faults.returnOf(viewer, subject, deadSinceMs - aftermathMs);
      if (fromMs === undefined) return;
      this.samples.push({ figure: "back", viewer, member, ...taken(fromMs, atMs) });
    }
  }
}

/** @returns their spread, to three decimals */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => rounded(sorted[Math.ceil(share * sorted.length) - 1]);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count: sorted.length,
    avg: sorted.length === 0 ? null : rounded(sum / sorted.length),
    p50: at(0.5),
    p95: at(0.95),
    max: at(1),
  };
}

function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Number(value.toFixed(3));
}

function taken(fromMs: Millis, atMs: Millis) {
  return { fromMs, tookMs: Math.max(0, Number((atMs - fromMs).toFixed(3))) };
}
