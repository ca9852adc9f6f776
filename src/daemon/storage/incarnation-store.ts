import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const FILE_NAME = "incarnation.json";
const INCARNATION_MAX = 0xffff_ffff;

const savedState = z.object({ v: z.literal(1), incarnation: z.int().min(0).max(INCARNATION_MAX) });

/**
 * The incarnation to start with: above every one used before, also where the clock was set back between two starts. A
 * memory that is lost costs nothing more than one refutation, so a file that cannot be read is a warning.
 */
export function firstIncarnation(startedAtS: number, savedIncarnation: number | undefined): number {
  return Math.min(INCARNATION_MAX, Math.max(startedAtS, (savedIncarnation ?? 0) + 1));
}

/** Keeps the highest incarnation used in a data directory. */
export class IncarnationStore {
  private readonly path: string;
  private readonly onWarning: (warning: string) => void;
  private saved = 0;
  private hasFailed = false;

  constructor(directory: string, onWarning: (warning: string) => void) {
    this.path = join(directory, FILE_NAME);
    this.onWarning = onWarning;
  }

  /** The last one saved; undefined when there is none that can be read. */
  load(): number | undefined {
    let text: string;
    try {
      text = readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      return this.giveUp(error instanceof Error ? error.message : String(error));
    }
    const state = savedState.safeParse(parseJson(text));
    if (!state.success) return this.giveUp("it does not hold an incarnation");
    this.saved = state.data.incarnation;
    return this.saved;
  }

  /** Saves an incarnation above the last one, whole or not at all. Failures are told once and change nothing. */
  save(incarnation: number): void {
    if (incarnation <= this.saved) return;
    const draft = `${this.path}.new`;
    try {
      writeFileSync(draft, `${JSON.stringify({ v: 1, incarnation })}\n`);
      renameSync(draft, this.path);
      this.saved = incarnation;
      this.hasFailed = false;
    } catch (error) {
      if (!this.hasFailed)
        this.onWarning(`cannot save the incarnation: ${(error as Error).message}`);
      this.hasFailed = true;
    }
  }

  private giveUp(why: string): undefined {
    this.onWarning(`cannot use ${this.path}: ${why}; starting at the present second`);
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
