import { EXIT } from "./errors.ts";

/** Ends the process when its output cannot be written: with a word about it, unless the reader has only seen enough. */
export function guardOutput(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`hearsay events | head`) is no fault of anybody.
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    process.stderr.write(`hearsay: cannot write to standard output: ${error.message}\n`);
    process.exit(EXIT.conditionNotMet);
  });
  process.stderr.on("error", () => {});
}
