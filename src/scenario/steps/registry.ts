import type { Millis } from "../../core/member.ts";
import { FAULTS } from "../faults/registry.ts";
import type { Timeline } from "../language/checking/timeline.ts";
import { awaitWord } from "./await.ts";
import { check } from "./check.ts";
import { expect } from "./expect.ts";
import { heal } from "./heal.ts";
import { log } from "./log.ts";
import { mark } from "./mark.ts";
import { pause } from "./pause.ts";
import { kill, leave, resume, stop } from "./process-orders.ts";
import { repeat } from "./repeat.ts";
import { restart } from "./restart.ts";
import { section } from "./section.ts";
import { stall } from "./stall.ts";
import { always, never } from "./standing.ts";
import { start } from "./start.ts";
import type { StepOutcome, StepRun } from "./step-run.ts";
import type { StepWord } from "./step-word.ts";
import { suspend } from "./suspend.ts";
import { wait } from "./wait.ts";

/**
 * Every word that begins a step, in the order of suggestions and of the JSON schema. To add one: a file
 * with its types, schema, parsing and check (`wait.ts` is a short example), and its line here. Faults of
 * links have a list of their own.
 */
export const STEPS = [
  start,
  stop,
  kill,
  pause,
  suspend,
  resume,
  leave,
  restart,
  ...FAULTS,
  heal,
  stall,
  awaitWord,
  expect,
  always,
  never,
  repeat,
  section,
  wait,
  mark,
  log,
  check,
] as const;

type Word = (typeof STEPS)[number];
type SourceOf<W> = W extends StepWord<infer _W, infer Source, infer _S> ? Source : never;
type StepOf<W> = W extends StepWord<infer _W, infer _Source, infer S> ? S : never;

/** A step as it is written. */
export type StepSource = SourceOf<Word>;

/** A step as it is played. */
export type Step = StepOf<Word>;

/** The words of steps, as records tell them: a `check` is an `expect`. */
export type StepVerb = Step["verb"];

const BY_WORD: ReadonlyMap<string, StepWord<string, unknown, Step>> = new Map(
  STEPS.map((each) => [each.word, each as unknown as StepWord<string, unknown, Step>]),
);

/** Notes what cannot be at this place of the scenario. How long the step takes at least. */
export function checkStep(step: Step, timeline: Timeline): Millis {
  return wordOf(step).check(step, timeline);
}

/** Does what the step says. */
export function performStep(step: Step, run: StepRun): Promise<StepOutcome> {
  return wordOf(step).perform(step, run);
}

function wordOf({ verb }: Step): StepWord<string, unknown, Step> {
  const word = BY_WORD.get(verb);
  if (word === undefined) throw new Error(`the step ${verb} is not registered`);
  return word;
}
