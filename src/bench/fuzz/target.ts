import type { Rng } from "../../core/primitives/rng.ts";

/** The readers of foreign bytes that can be fuzzed. */
export const TARGET_NAMES = [
  "wire",
  "hello",
  "sync",
  "pool",
  "dns",
  "http",
  "scenario",
  "settings",
  "files",
] as const;

/** One of them. */
export type TargetName = (typeof TARGET_NAMES)[number];

/** What is fuzzed, and for how long. */
export interface FuzzChoice {
  /** All unless given. */
  readonly targets?: readonly TargetName[] | undefined;
  /** For each target; without it the time decides. */
  readonly runs?: number | undefined;
  /** For each target, in milliseconds. */
  readonly for?: number | undefined;
  readonly rngSeed?: number | undefined;
  /** Folder of inputs to begin with, and to add those to that reach something new. */
  readonly corpus?: string | undefined;
  /** Files of inputs: they are run once, and nothing else. */
  readonly replay?: readonly string[] | undefined;
}

/** A reader of bytes that others wrote, and how its inputs are made. */
export interface FuzzTarget {
  readonly name: TargetName;
  /**
   * Whether an input gives the same outcome each time, and at once. Only then can the code that it reaches be told
   * from that of others.
   */
  readonly isRepeatable: boolean;
  /** Valid inputs to begin with. */
  seeds(rngSeed: number): readonly Uint8Array[];
  /** A changed copy of `input`; pieces may come from `other`. */
  mutate(rng: Rng, input: Uint8Array, other: Uint8Array): Uint8Array;
  /**
   * Reads the input.
   *
   * @returns what became of it in a few words: the reason of a refusal, or what kind of thing it was
   * @throws whatever is a mistake of ours
   */
  attempt(input: Uint8Array): string | Promise<string>;
  close?(): Promise<void>;
}

/** A promise of the program that an input broke. */
export class BrokenPromiseError extends Error {
  override readonly name = "BrokenPromiseError";
}

/** @throws BrokenPromiseError with `promise` in it unless it holds */
export function demand(holds: boolean, promise: string): void {
  if (!holds) throw new BrokenPromiseError(`not kept: ${promise}`);
}
