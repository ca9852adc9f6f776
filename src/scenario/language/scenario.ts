import type { NodeConfig, ProfileName } from "../../core/config.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { LinkRules } from "../../transport/link-rules.ts";
import type { Condition } from "../conditions/registry.ts";

/**
 * A scenario as a value: every name is resolved, every time is in milliseconds, every fault is link
 * rules. YAML and `defineScenario` both end here; the runner knows nothing else.
 */
export interface Scenario {
  readonly name: string;
  readonly about: string | null;
  readonly rngSeed: number;
  /** Names of processes, in the order of lanes and rows. */
  readonly nodes: readonly string[];
  readonly config: ScenarioConfig;
  readonly services: readonly ScenarioService[];
  readonly consumers: readonly Consumer[];
  /** The run fails when it takes longer. */
  readonly limitMs: Millis;
  readonly steps: readonly Step[];
  /** Judged from begin to end. */
  readonly always: readonly Expectation[];
  readonly thresholds: readonly Threshold[];
  readonly reports: readonly ReportKind[];
}

/** Processes on this machine, or the simulator. */
export type World = "real" | "sim";

export interface ScenarioConfig {
  readonly profile: ProfileName;
  /** Protocol parameters that differ from the profile's. */
  readonly settings: Partial<Omit<NodeConfig, "profile">>;
}

/** A service that nodes offer, in their records as any daemon does. */
export interface ScenarioService {
  readonly name: string;
  readonly nodes: readonly string[];
  readonly port: number;
  /** Below this share of its known endpoints all come back; null: as daemons do without being told. */
  readonly panicShare: number | null;
}

/** Somebody who decides, from what one node knows, which members it uses. */
export interface Consumer extends SourceLocation {
  readonly name: string;
  /** The node that it asks. */
  readonly at: string;
  /** All that it may use. */
  readonly members: readonly MemberName[];
  readonly decides: Deciding;
}

/** How a consumer decides. */
export type Deciding =
  /** It takes what discovery answers, a panic included; `maxPhi` is its own threshold, if it has one. */
  | { readonly by: "discovery"; readonly service: string; readonly maxPhi: number | null }
  /** It takes whoever is neither dead nor above a level of suspicion. */
  | { readonly by: "phi"; readonly maxPhi: number }
  /** It takes whoever the node itself had a message from within this time, whatever others say. */
  | { readonly by: "timeout"; readonly timeoutMs: Millis };

export type ReportKind = "terminal" | "svg" | "html" | "junit" | "json";

/** Where something was written, and how it is called in reports. */
export interface SourceLocation {
  /** Such as `steps[2].during[0]`. */
  readonly id: string;
  /** From 1; null where there is no file. */
  readonly line: number | null;
  readonly column: number | null;
  /** One line for people. */
  readonly label: string;
}

export type Step =
  | ProcessStep
  | LinkStep
  | HealStep
  | StallStep
  | ExpectStep
  | StandingStep
  | RepeatStep
  | WaitStep
  | NoteStep;

export type StepVerb = Step["verb"];

/** A fault with an end of its own: what happens meanwhile, and when it is over. */
export interface TimedFault {
  /** Null: until it is ended by a later step, or with the run. */
  readonly forMs: Millis | null;
  readonly during: readonly Step[];
}

export interface ProcessStep extends SourceLocation, TimedFault {
  readonly kind: "process";
  readonly verb: "start" | "stop" | "kill" | "pause" | "resume" | "leave" | "restart";
  readonly nodes: readonly string[];
  /** `start`: the member that the process claims to be, where it is not its own name. */
  readonly as: MemberName | null;
  /** `start`: whom it dials; null: the first few that run. */
  readonly join: readonly string[] | null;
  /** `restart`: how long it is down. */
  readonly downMs: Millis;
}

export type LinkVerb =
  | "partition"
  | "isolate"
  | "bridge"
  | "ring"
  | "oneway"
  | "reject"
  | "delay"
  | "loss"
  | "duplicate"
  | "reorder";

export interface LinkStep extends SourceLocation, TimedFault {
  readonly kind: "links";
  readonly verb: LinkVerb;
  readonly rules: LinkRules;
  /** The nodes that it is about; empty: all of them. */
  readonly nodes: readonly string[];
}

export interface HealStep extends SourceLocation {
  readonly kind: "heal";
  readonly verb: "heal";
  /** Null: every fault of links. */
  readonly verbs: readonly LinkVerb[] | null;
}

/** Blocks the event loop of daemons. */
export interface StallStep extends SourceLocation {
  readonly kind: "stall";
  readonly verb: "stall";
  readonly nodes: readonly string[];
  readonly forMs: Millis;
  readonly during: readonly Step[];
}

/** Something that is to become so, and to stay so for a while. */
export interface Expectation extends SourceLocation {
  readonly verb: "await" | "expect" | "always" | "never";
  readonly condition: Condition;
  /** Whose views count; null: those of all that run and are not paused. */
  readonly viewers: readonly string[] | null;
  /** Null: it must be so at once. */
  readonly withinMs: Millis | null;
  readonly holdMs: Millis;
  /** Judged in this world alone. */
  readonly only?: World;
}

export interface ExpectStep extends Expectation {
  readonly kind: "expect";
  readonly verb: "await" | "expect";
}

/** Judged from here until its block ends. */
export interface StandingStep extends Expectation {
  readonly kind: "standing";
  readonly verb: "always" | "never";
}

export interface RepeatStep extends SourceLocation {
  readonly kind: "repeat";
  readonly verb: "repeat" | "section";
  readonly times: number;
  readonly steps: readonly Step[];
}

export interface WaitStep extends SourceLocation {
  readonly kind: "wait";
  readonly verb: "wait";
  readonly forMs: Millis;
}

export interface NoteStep extends SourceLocation {
  readonly kind: "note";
  readonly verb: "mark" | "log";
  readonly text: string;
}

export interface Threshold extends SourceLocation {
  /** Such as `detect.p95`; of a consumer such as `its name.false_alarms`. */
  readonly figure: string;
  readonly operator: "<" | "<=" | ">" | ">=";
  /** Milliseconds, bytes a second or a count; or another figure. */
  readonly limit: number | { readonly figure: string };
  readonly text: string;
  /** Judged in this world alone. */
  readonly only?: World;
}
