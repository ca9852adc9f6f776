import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ConfigError, errorText } from "../../core/errors.ts";
import { TARGET_NAMES, type TargetName } from "./target.ts";

/** Where failing inputs go, inside the corpus. */
const FAILURES = "failures";

/**
 * Inputs that are kept from one run to the next: a folder, with a folder for each target, with a file for each input.
 * A file is called by its target and its content, so that it can be replayed from anywhere.
 */
export class Corpus {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** All inputs of a target, in the order of their names. @throws ConfigError where they cannot be read */
  read(target: TargetName): Uint8Array[] {
    return inFolder(this.path, () => {
      const folder = join(this.path, target);
      mkdirSync(folder, { recursive: true });
      return readdirSync(folder)
        .sort()
        .map((file) => Uint8Array.from(readFileSync(join(folder, file))));
    });
  }

  /** Adds an input. @returns the path of its file @throws ConfigError where it cannot be written */
  add(target: TargetName, input: Uint8Array): string {
    return this.write(join(this.path, target), target, input);
  }

  /** Writes an input that failed; it is not part of what is read. @returns the path of its file */
  addFailure(target: TargetName, input: Uint8Array): string {
    return this.write(join(this.path, FAILURES), target, input);
  }

  private write(folder: string, target: TargetName, input: Uint8Array): string {
    const name = createHash("sha256").update(input).digest("hex").slice(0, 12);
    const path = join(folder, `${target}-${name}`);
    return inFolder(this.path, () => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, input);
      return path;
    });
  }
}

/** The input in a file that a corpus wrote. @throws ConfigError where it cannot be read, or its name names no target */
export function readInput(path: string): { target: TargetName; input: Uint8Array } {
  const word = basename(path).split("-", 1)[0];
  const target = TARGET_NAMES.find((name) => name === word);
  if (target === undefined) {
    throw new ConfigError(
      `--replay: ${path} is not called by a target; its name must begin with one of ` +
        `${TARGET_NAMES.join(", ")} and a hyphen`,
    );
  }
  try {
    return { target, input: Uint8Array.from(readFileSync(path)) };
  } catch (error) {
    throw new ConfigError(
      `--replay: ${path} cannot be read (${errorText(error)}); name a file that bench fuzz wrote`,
    );
  }
}

function inFolder<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new ConfigError(
      `--corpus: ${path} cannot be used (${errorText(error)}); name a folder that this user may write to`,
    );
  }
}
