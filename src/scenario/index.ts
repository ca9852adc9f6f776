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
export type { Condition, ConditionSource } from "./conditions/registry.ts";
export { defineScenario, parseScenario } from "./language/define-scenario.ts";
export type { RunView } from "./language/run-view.ts";
export type * from "./language/scenario.ts";
export { ScenarioError, type ScenarioIssue } from "./language/scenario-error.ts";
export type { ScenarioSource } from "./language/scenario-source.ts";
export type { RunProgress } from "./run/run-progress.ts";
export { type RunOptions, runScenario } from "./run/run-scenario.ts";
export type * from "./run-record.ts";
export type { Step, StepSource, StepVerb } from "./steps/registry.ts";
