import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { INCARNATION_START_MAX } from "../../core/membership/first-incarnation.ts";
import { readStoredFile } from "./stored-file.ts";

const FILE_NAME = "incarnation.json";
/** A file that holds more than a start may begin at is damaged: nobody comes there by honest steps. */
const savedState = z.object({
  v: z.literal(1),
  incarnation: z.int().min(0).max(INCARNATION_START_MAX),
});

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
      text = readStoredFile(this.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      return this.giveUp(error instanceof Error ? error.message : String(error));
    }
    const state = savedState.safeParse(parseJson(text));
    if (!state.success) return this.giveUp("it does not hold a usable incarnation");
    this.saved = state.data.incarnation;
    return this.saved;
  }

  /** Saves an incarnation above the last one, whole or not at all. Failures are told once and change nothing. */
  save(incarnation: number): void {
    if (incarnation <= this.saved) return;
    const draft = `${this.path}.new`;
    try {
      // What else is there under that name, such as a pipe, is not written to.
      rmSync(draft, { force: true });
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
