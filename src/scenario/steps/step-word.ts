import type { Millis } from "../../core/member.ts";
import type { Timeline } from "../language/checking/timeline.ts";
import type { Issues, Path } from "../language/parsing/issues.ts";
import type { Names } from "../language/parsing/names.ts";
import type { Consumer, SourceLocation } from "../language/scenario.ts";
import type { Schema } from "../language/schemas/schema.ts";
import type { Step } from "./registry.ts";
import type { StepOutcome, StepRun } from "./step-run.ts";

/** A word of the language that begins a step: `- word: …`. */
export interface StepWord<W extends string, Source, S extends SourceLocation> {
  readonly word: W;
  readonly schema: Schema<Source>;
  /** Only a program can write it, so it is not in the JSON schema. */
  readonly isForPrograms?: true;
  /** From what the schema let pass; undefined where it is no step, which is then noted. */
  parse(source: Source, context: StepContext): Unplaced<S> | undefined;
  /** Notes what cannot be at this place of the scenario. How long the step takes at least. */
  check(step: S, timeline: Timeline): Millis;
  /** Does it, and resolves when the next step may begin. */
  perform(step: S, run: StepRun): Promise<StepOutcome>;
}

/** A step without its place in the source. */
export type Unplaced<S extends SourceLocation> = Omit<S, Exclude<keyof SourceLocation, "label">>;

/** What a step is parsed with. */
export interface StepContext {
  readonly names: Names;
  readonly issues: Issues;
  /** By name; null where they could not be parsed. */
  readonly consumers: ReadonlyMap<string, Consumer> | null;
  /** Of the step. */
  readonly path: Path;
  /** The steps of a list inside the step. */
  parseSteps(list: readonly unknown[], path: Path): Step[];
}
