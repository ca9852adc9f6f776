export type * from "../cluster/cluster.ts";
export type { Host, Hosts } from "../cluster/host.ts";
export {
  ProcessBackend as ProcessCluster,
  type ProcessBackendOptions as ProcessClusterOptions,
} from "../cluster/process-backend.ts";
export {
  SimBackend as SimScenarioCluster,
  type SimBackendOptions as SimScenarioOptions,
} from "../cluster/sim-backend.ts";
export type { SeenState } from "./conditions/evaluation.ts";
export type { EventPattern } from "./conditions/events.ts";
export type { Condition, ConditionSource } from "./conditions/registry.ts";
export type { LinkStep } from "./faults/fault-word.ts";
export type { LinkVerb } from "./faults/registry.ts";
export { defineScenario, parseScenario } from "./language/define-scenario.ts";
export type { RunView } from "./language/run-view.ts";
export type * from "./language/scenario.ts";
export { ScenarioError, type ScenarioIssue } from "./language/scenario-error.ts";
export type { ScenarioSource } from "./language/scenario-source.ts";
export type { RunProgress } from "./run/run-progress.ts";
export { type RunOptions, runScenario } from "./run/run-scenario.ts";
export type * from "./run-record.ts";
export type { ExpectStep, StandingStep } from "./steps/expectation.ts";
export type { HealStep } from "./steps/heal.ts";
export type { NoteStep } from "./steps/mark.ts";
export type { ProcessStep } from "./steps/process-word.ts";
export type { Step, StepSource, StepVerb } from "./steps/registry.ts";
export type { RepeatStep } from "./steps/repeat.ts";
export type { StallStep } from "./steps/stall.ts";
export type { TimedFault } from "./steps/timed-fault.ts";
export type { WaitStep } from "./steps/wait.ts";
