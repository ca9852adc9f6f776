import type { BackendName, ProcessEnd } from "../cluster/cluster.ts";
import type { BeliefChange, BeliefMatrix } from "../cluster/observe/beliefs.ts";
import type { FigureSample, Spread } from "../cluster/observe/detection-times.ts";
import type { ProfileName } from "../core/config.ts";
import type { MemberName, Millis } from "../core/member.ts";

export type { BackendName, ProcessEnd } from "../cluster/cluster.ts";
export type { BeliefChange, BeliefMatrix } from "../cluster/observe/beliefs.ts";
export type { FigureSample, Spread } from "../cluster/observe/detection-times.ts";

/**
 * All that is kept of one run, as a plain value that JSON can carry. Reports are made from this
 * alone. Times are milliseconds since the run began; under one seed the simulator gives the same
 * record to the byte.
 */
export interface RunRecord {
  readonly v: 1;
  readonly scenario: {
    readonly name: string;
    /** What the scenario teaches, if it says so. */
    readonly about: string | null;
    /** As it was given on the command line; null for one that was defined by a program. */
    readonly file: string | null;
  };
  /** Which backend ran it: real daemons, or the simulator's. */
  readonly world: BackendName;
  /** ISO 8601; null in virtual time. */
  readonly startedAt: string | null;
  readonly rngSeed: number;
  readonly profile: ProfileName;
  readonly outcome: "passed" | "failed" | "interrupted";
  /** One line: the first thing that went wrong; null where nothing did. */
  readonly failure: string | null;
  readonly durationMs: Millis;
  /** In the order of the scenario. */
  readonly nodes: readonly NodeRecord[];
  /** Every change of a belief, the kind of a suspicion included, in the order of their times. Beliefs of a node about itself included. */
  readonly beliefs: readonly BeliefChange[];
  readonly faults: readonly FaultSpan[];
  /** In the order of the scenario. */
  readonly consumers: readonly ConsumerRecord[];
  /** What `mark` set. */
  readonly marks: readonly { readonly atMs: Millis; readonly text: string }[];
  /** In the order in which they began; those inside others follow them. */
  readonly steps: readonly StepRecord[];
  /** In the order in which they began to be judged. */
  readonly expectations: readonly ExpectationRecord[];
  readonly thresholds: readonly ThresholdRecord[];
  readonly figures: Figures;
  /** What each figure of detection and return was computed from. */
  readonly samples: readonly FigureSample[];
  /** The command that runs this again. */
  readonly replay: string;
}

/** One process, and when it ran. */
export interface NodeRecord {
  /** Of the process. */
  readonly name: string;
  /** The member that it claims to be: another name only where two processes claim the same one. */
  readonly member: MemberName;
  /** Without overlap, in order; where there is none, the process did not run. */
  readonly spans: readonly NodeSpan[];
}

/** A stretch in which a process ran, was paused or was stalled. */
export interface NodeSpan {
  /** Stopped by SIGSTOP is `paused`, a blocked event loop `stalled`. */
  readonly state: "running" | "paused" | "stalled";
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  /** What came after: another span, or how the process ended; `run-over` where the run ended first. */
  readonly endedBy: "paused" | "stalled" | "resumed" | ProcessEnd | "run-over";
}

/** A fault for as long as it was in force. */
export interface FaultSpan {
  /** Id of the step that set it. */
  readonly step: string;
  readonly verb: string;
  /** Such as `partition {a b} | {c d e}`. */
  readonly label: string;
  /** The nodes that it is about; empty: all of them. */
  readonly nodes: readonly string[];
  readonly fromMs: Millis;
  readonly untilMs: Millis;
}

/** Somebody who decided, from what one node knew, which members it used. */
export interface ConsumerRecord {
  readonly name: string;
  /** The node that it asked. */
  readonly at: string;
  /** Such as `at a, watches b c with a timeout of 2s`. */
  readonly decides: string;
  /** All that it might use. */
  readonly members: readonly MemberName[];
  /** In order; gaps where its node did not run. */
  readonly pools: readonly PoolSpan[];
  readonly figures: ConsumerFigures;
}

/** What a consumer used for a while. */
export interface PoolSpan {
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  /** Those that it used. */
  readonly members: readonly MemberName[];
  /** Discovery gave all that it knew. */
  readonly panic: boolean;
}

/** What a consumer's choice came to. A member counts from the first time that it was used. */
export interface ConsumerFigures {
  /** From a crash, or a pause that never ended, until its member was dropped: one each. */
  readonly crashesKnownMs: readonly Millis[];
  /** Crashes of members that were used all the same, to the end. */
  readonly crashesUnknown: number;
  /**
   * Times that a member was dropped although it ran or stood still only for a while, and a way led to
   * it, if only through others.
   */
  readonly falseAlarms: number;
  /** For how long such members were not used, all of them together. */
  readonly wronglyOutMs: Millis;
  /** Fewest members in use once all had been; null: never all. */
  readonly least: number | null;
  readonly panicMs: Millis;
}

/** A step that was played: one for each round of a repeat. */
export interface StepRecord {
  /** Its place in the scenario, such as `steps[2].during[0]`; the same for each round of a repeat. */
  readonly id: string;
  /** Line in the file, from 1; null where there is no file. */
  readonly line: number | null;
  /** How deep it lies in blocks; 0 at the top. */
  readonly depth: number;
  readonly verb: string;
  readonly label: string;
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  readonly outcome: "done" | "failed" | "interrupted";
}

/** A condition that was judged, once or all the time, and how that went. */
export interface ExpectationRecord {
  /** Id of its step, or `always[0]`. */
  readonly id: string;
  readonly line: number | null;
  readonly verb: "await" | "expect" | "always" | "never";
  /** Such as `a b see c dead, d dead`. */
  readonly label: string;
  readonly withinMs: Millis | null;
  readonly holdMs: Millis | null;
  readonly fromMs: Millis;
  readonly untilMs: Millis;
  /** When it was first the case; null: never. For `always` and `never`, when the judging began. */
  readonly metAtMs: Millis | null;
  /** `open`: the run ended before it could be judged. */
  readonly outcome: "met" | "failed" | "open";
  /** What was the case at its end, in a few words. */
  readonly got: string;
  readonly failure: FailureDetail | null;
}

/** What one needs to understand a failed expectation. */
export interface FailureDetail {
  readonly atMs: Millis;
  readonly expected: string;
  readonly got: string;
  readonly matrix: BeliefMatrix;
  /** One line each, the oldest first, at most ten. */
  readonly lastEvents: readonly string[];
}

/** A comparison at the end of the run. */
export interface ThresholdRecord {
  /** Such as `detect.p95`, or of a consumer `its name.false_alarms`. */
  readonly figure: string;
  /** As it was written, such as `< 4s`. */
  readonly limit: string;
  /** Milliseconds, bytes a second or a count; null: there was nothing to measure, or a crash was not known. */
  readonly got: number | null;
  readonly outcome: "met" | "failed";
}

/** What a run came to. Times are milliseconds. */
export interface Figures {
  /** From a member's end, pause or cut link until a viewer holds it dead or frozen (ms, one each viewer). */
  readonly detect: Spread;
  /** From its return or the heal until a viewer that held it so holds it alive again (ms). */
  readonly back: Spread;
  /** From a heal, return or restart until all views were one (ms, one each). */
  readonly heal: Spread;
  /** Deaths of members that ran and that nothing kept from the viewer. */
  readonly falseDeaths: number;
  /** Changes of beliefs to suspect. */
  readonly suspicions: number;
  /** Sent, a node and second that it ran: one sample a node. */
  readonly bytesPerNodeS: Spread;
  readonly datagramsPerNodeS: Spread;
}
