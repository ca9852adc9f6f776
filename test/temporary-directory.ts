import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, onTestFinished } from "vitest";

/** An empty directory, which is removed when the test has ended. */
export function temporaryDirectory(): string {
  return directoryUntil(onTestFinished);
}

/** The same for a whole file, asked for at its top: it is removed after all of its tests. */
export function directoryOfFile(): string {
  return directoryUntil(afterAll);
}

function directoryUntil(end: (remove: () => void) => void): string {
  const directory = mkdtempSync(join(tmpdir(), "hearsay-test-"));
  end(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
