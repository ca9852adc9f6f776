export { defineScenario, parseScenario } from "./language/define-scenario.ts";
export { ScenarioError, type ScenarioIssue } from "./language/reading/issues.ts";
export type { RunView } from "./language/run-view.ts";
export type * from "./language/scenario.ts";
export type { ConditionSource } from "./language/shapes/condition-shapes.ts";
export type { ScenarioSource } from "./language/shapes/scenario-shape.ts";
export type { StepSource } from "./language/shapes/step-shapes.ts";
export type * from "./run-record.ts";
