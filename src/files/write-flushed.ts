import { closeSync, fsyncSync, openSync, writeFileSync } from "node:fs";

/**
 * Writes a whole file, and returns when it is on the disk: a name that it is given then never leads to an empty file, not
 * even after a loss of power.
 *
 * @param flag `wx` where nothing may be there under that name, `w` where it is written over
 * @param mode of the file where it is new
 * @throws the system's error
 */
export function writeFlushed(path: string, text: string, flag: "w" | "wx", mode: number): void {
  const file = openSync(path, flag, mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
