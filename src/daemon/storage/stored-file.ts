import { readFileSync, statSync } from "node:fs";

/** What we keep in a data directory is small. */
const BYTES_MAX = 16 * 1024 * 1024;

/**
 * The text of a file of ours. A named pipe of that name would be waited for without an end.
 *
 * @throws the system's error, or one that says that it is not a file of ours
 */
export function readStoredFile(path: string): string {
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error("it is not a file");
  if (stat.size > BYTES_MAX) throw new Error("it is too large");
  return readFileSync(path, "utf8");
}
