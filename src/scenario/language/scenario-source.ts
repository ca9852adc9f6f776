import type { NodeConfig, ProfileName } from "../../core/config.ts";
import type { ConditionSource } from "../conditions/registry.ts";
import type { StepSource } from "../steps/registry.ts";
import type { DurationSource, NodesSource } from "./scalar-sources.ts";
import type { ReportKind } from "./scenario.ts";

/** A scenario as it is written, in YAML or for `defineScenario`: docs/scenarios.md. */
export interface ScenarioSource {
  readonly name: string;
  /** What the scenario teaches. */
  readonly about?: string | undefined;
  readonly rngSeed?: number | undefined;
  /** How many (`n1`, `n2`, …), or their names. */
  readonly nodes: number | readonly string[];
  readonly groups?: Readonly<Record<string, NodesSource>> | undefined;
  /** Profile and protocol parameters of every daemon. */
  readonly config?: ConfigSource | undefined;
  /** What nodes offer, by its name. */
  readonly services?: ServicesSource | undefined;
  /** Who uses members, by name. */
  readonly consumers?: ConsumersSource | undefined;
  /** The run fails when it takes longer; 10 minutes unless given. */
  readonly limit?: DurationSource | undefined;
  readonly steps: readonly StepSource[];
  /** Judged from beginning to end. */
  readonly always?: StandingSource | undefined;
  /** Comparisons such as `< 4s` or `<= 8192`. */
  readonly thresholds?: ThresholdsSource | undefined;
  /** Further claims, judged in virtual time only, where no machine is busy; and what on real daemons. */
  readonly sim?: ClaimsSource | undefined;
  readonly real?: ClaimsSource | undefined;
  readonly report?: readonly ReportKind[] | undefined;
}

/** Conditions that must hold at every moment, or at none. */
export type StandingSource = readonly (ConditionSource | { readonly never: ConditionSource })[];
/** Comparisons such as `< 4s`, by figure. */
export type ThresholdsSource = Readonly<Partial<Record<FigureName, string>>>;

/** Claims of one world alone. */
export interface ClaimsSource {
  readonly always?: StandingSource | undefined;
  readonly thresholds?: ThresholdsSource | undefined;
  /** Those of consumers, by name. */
  readonly consumers?: Readonly<Record<string, ConsumerThresholdsSource>> | undefined;
}

/** Profile, and protocol parameters that differ from it. */
export type ConfigSource = { readonly profile?: ProfileName | undefined } & {
  readonly [K in Exclude<keyof NodeConfig, "profile">]?: number | boolean | undefined;
};

/** Services by name. */
export type ServicesSource = Readonly<Record<string, ServiceSource>>;
/** Consumers by name. */
export type ConsumersSource = Readonly<Record<string, ConsumerSource>>;

/** A service as daemons offer it. */
export interface ServiceSource {
  /** The nodes that register it, from their start. */
  readonly nodes: NodesSource;
  readonly port?: number | undefined;
  /** Below this share of the known endpoints all come back, `50%` unless given; 0 never. */
  readonly panic?: number | string | undefined;
}

/** Decides, from what one node knows, which members it uses. */
export interface ConsumerSource {
  /** The node that it asks. */
  readonly at: string;
  /** A service: what discovery answers, with panic. */
  readonly uses?: string | undefined;
  /** Nodes that it judges itself, by `max_phi`, `timeout` (since it was heard) or `answer_timeout` (of one ping). */
  readonly watches?: NodesSource | undefined;
  readonly max_phi?: number | undefined;
  readonly timeout?: DurationSource | undefined;
  readonly answer_timeout?: DurationSource | undefined;
  readonly thresholds?: ConsumerThresholdsSource | undefined;
}

/** Comparisons such as `< 4s`, or with another consumer. */
export type ConsumerThresholdsSource = Readonly<
  Partial<Record<ConsumerFigure, string | undefined>>
>;

/** Figures of a consumer that a threshold can be about. */
export type ConsumerFigure = "crash_known" | "false_alarms" | "wrongly_out" | "least";

/** What a threshold can be about. */
export type FigureName =
  | `${"detect" | "back" | "heal" | "bytes_per_node_s" | "datagrams_per_node_s"}.${"count" | "avg" | "p50" | "p95" | "max"}`
  | "false_deaths"
  | "suspicions";
