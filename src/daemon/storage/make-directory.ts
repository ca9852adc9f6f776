import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a directory with those above it. In place of Node's `recursive`, which never comes back below a directory that takes
 * none, such as /proc (seen with Node 20.20).
 *
 * @throws the system's error, or one that says that something else has that name
 */
export function makeDirectory(path: string, mode?: number): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isThere(at) && at !== dirname(at); at = dirname(at))
    missing.push(at);
  for (const each of missing.reverse()) makeOne(each, mode);
  if (!statSync(path).isDirectory()) throw new Error("something else has that name");
}

function makeOne(path: string, mode: number | undefined): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Another process made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
