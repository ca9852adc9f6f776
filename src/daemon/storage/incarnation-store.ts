import { join } from "node:path";
import { z } from "zod";
import { INCARNATION_START_MAX } from "../../core/membership/first-incarnation.ts";
import { readStoredFile, StoredFile } from "./stored-file.ts";

const FILE_NAME = "incarnation.json";
/** A file that holds more than a start may begin at is damaged: nobody comes there by honest steps. */
const savedState = z.object({
  v: z.literal(1),
  incarnation: z.int().min(0).max(INCARNATION_START_MAX),
});

/** Keeps the highest incarnation used in a data directory. */
export class IncarnationStore {
  private readonly file: StoredFile;
  private readonly onWarning: (warning: string) => void;
  private saved = 0;

  constructor(directory: string, onWarning: (warning: string) => void) {
    const path = join(directory, FILE_NAME);
    this.file = new StoredFile(path, (why) => onWarning(`cannot save the incarnation: ${why}`));
    this.onWarning = onWarning;
  }

  /** The last one saved; undefined when there is none that can be read. */
  load(): number | undefined {
    try {
      const state = readStoredFile(this.file.path, savedState);
      this.saved = state?.incarnation ?? 0;
      return state?.incarnation;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.onWarning(`cannot use ${this.file.path}: ${why}; starting at the present second`);
      return undefined;
    }
  }

  /** Saves the incarnation of a start, if it is above the last one, before anybody hears of it. */
  saveFirst(incarnation: number): void {
    if (this.isHigher(incarnation)) this.file.saveNow(textOf(incarnation));
  }

  /** Saves one that the node has raised, in a moment: a start begins above it by the clock alone. */
  save(incarnation: number): void {
    if (this.isHigher(incarnation)) this.file.saveSoon(() => textOf(this.saved));
  }

  /** Saves what was not saved yet. */
  close(): void {
    this.file.close();
  }

  private isHigher(incarnation: number): boolean {
    if (incarnation <= this.saved) return false;
    this.saved = incarnation;
    return true;
  }
}

function textOf(incarnation: number): string {
  return `${JSON.stringify({ v: 1, incarnation })}\n`;
}
