import type { MemberName, Millis } from "../../core/member.ts";
import type { BeliefChange } from "./beliefs.ts";
import type { ObservedState } from "./observed-state.ts";
import { isDetected } from "./silences.ts";

/** One measured time, from its cause to the moment when it was known. */
export interface FigureSample {
  readonly figure: "detect" | "back" | "heal";
  /** Null for `heal`, which is about all views. */
  readonly viewer: string | null;
  readonly member: MemberName | null;
  /** As what the viewer first knew it: `detect` ends with that, `back` begins. Null for `heal`. */
  readonly known: "dead" | "frozen" | null;
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

/** What is timed: that a member is dead or frozen, is back, or has left; and that all views are one again. */
export type TimedKnowledge = FigureSample["figure"] | "leave";

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
  /** What a viewer knew to be the matter with a member, and since when, by both. */
  private readonly matters = new Map<string, Matter>();
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
    const ofAll = { viewer: null, member: null, known: null };
    this.samples.push({ figure: "heal", ...ofAll, ...taken(fromMs, atMs) });
  }

  /** Each time that this was measured. */
  samplesOf(what: TimedKnowledge): readonly (FigureSample | LeaveSample)[] {
    return what === "leave" ? this.leaves : this.samples.filter(({ figure }) => figure === what);
  }

  /** How long this took each time, in milliseconds. */
  took(what: TimedKnowledge): readonly Millis[] {
    return this.samplesOf(what).map(({ tookMs }) => tookMs);
  }

  private changed(change: BeliefChange): void {
    const { viewer, member, from, to, atMs } = change;
    if (this.state.nodeOf(member) === viewer) return;
    if (to === "suspect" && from !== "suspect") this.suspicions++;
    this.knew(change);
    if (to === "left") {
      const fromMs = this.leavingSince.get(member);
      if (fromMs !== undefined) this.leaves.push({ viewer, member, ...taken(fromMs, atMs) });
    }
  }

  /** The earlier of the two counts: known to be frozen, or dead. */
  private knew({ viewer, member, from, to, silence, atMs }: BeliefChange): void {
    const { faults, aftermathMs } = this.state;
    const subject = this.state.nodeOf(member);
    const pair = `${viewer} ${member}`;
    // A viewer that has just started knows nothing of before.
    if (from === null) this.matters.delete(pair);
    const matter = this.matters.get(pair);
    if (to !== null && isDetected({ state: to, silence })) {
      const known = to === "dead" ? "dead" : "frozen";
      if (matter === undefined) this.matters.set(pair, { known, sinceMs: atMs });
      const fromMs = faults.causeOf(viewer, subject);
      if (fromMs !== undefined && matter === undefined) {
        this.samples.push({ figure: "detect", viewer, member, known, ...taken(fromMs, atMs) });
      }
      const isFalse = to === "dead" && this.state.belief(viewer, member)?.isUnprovoked === true;
      if (isFalse && fromMs === undefined) this.falseDeaths++;
    } else if (to !== "suspect") {
      this.matters.delete(pair);
      if (matter === undefined || to !== "alive") return;
      // From what explains it, and not from something older.
      const fromMs = faults.returnOf(viewer, subject, matter.sinceMs - aftermathMs);
      if (fromMs === undefined) return;
      const { known } = matter;
      this.samples.push({ figure: "back", viewer, member, known, ...taken(fromMs, atMs) });
    }
  }
}

interface Matter {
  readonly known: "dead" | "frozen";
  readonly sinceMs: Millis;
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
