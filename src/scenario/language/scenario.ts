import type { BackendName } from "../../cluster/cluster.ts";
import type { NodeConfig, ProfileName } from "../../core/config.ts";
import type { MemberName, Millis } from "../../core/member.ts";
import type { Condition } from "../conditions/registry.ts";
import type { Step } from "../steps/registry.ts";

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

/** What every daemon of a scenario is configured with. */
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
  | { readonly by: "timeout"; readonly timeoutMs: Millis }
  | { readonly by: "answer-timeout"; readonly timeoutMs: Millis };

/** What a report can be written as; `terminal` is printed. */
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
  readonly only?: BackendName;
}

/** A comparison of a figure of the run, judged at its end. */
export interface Threshold extends SourceLocation {
  /** Such as `detect.p95`; of a consumer such as `its name.false_alarms`. */
  readonly figure: string;
  readonly operator: "<" | "<=" | ">" | ">=";
  /** Milliseconds, bytes a second or a count; or another figure. */
  readonly limit: number | { readonly figure: string };
  readonly text: string;
  /** Judged in this world alone. */
  readonly only?: BackendName;
}
