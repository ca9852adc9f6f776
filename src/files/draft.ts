import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A file that is written beside another one, and then takes its place. At every moment, a loss of power included, readers
 * find the old file or the new one, whole: the draft is on the disk before it takes the name.
 *
 * Methods throw the system's errors. Those that end in `InBackground` do the same and hold nothing up meanwhile.
 */
export class Draft {
  readonly path: string;
  private readonly target: string;

  /** @param path in the directory of `target`; a name that no other process takes unless given */
  constructor(target: string, path = `${target}.${process.pid}.new`) {
    this.target = target;
    this.path = path;
  }

  /** What else is there under its name, such as a pipe, is not written to. */
  write(text: string, mode: number): void {
    rmSync(this.path, { force: true });
    const file = openSync(this.path, "wx", mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  async writeInBackground(text: string, mode: number): Promise<void> {
    rmSync(this.path, { force: true });
    const file = await open(this.path, "wx", mode);
    await file
      .writeFile(text)
      .then(() => file.sync())
      .finally(() => file.close());
  }

  /** Takes the name. A loss of power does not undo that once this has returned. */
  take(): void {
    renameSync(this.path, this.target);
    let directory: number | undefined;
    try {
      directory = openSync(dirname(this.target), "r");
      fsyncSync(directory);
    } catch {
      // Some file systems refuse that, and need none.
    } finally {
      if (directory !== undefined) closeSync(directory);
    }
  }

  async takeInBackground(): Promise<void> {
    renameSync(this.path, this.target);
    const directory = await open(dirname(this.target), "r").catch(() => undefined);
    // As above.
    await directory?.sync().catch(() => undefined);
    await directory?.close();
  }

  /** Removes what was written and took no place. Nothing of ours is in what cannot be removed. */
  discard(): void {
    try {
      rmSync(this.path, { force: true });
    } catch {
      // As said.
    }
  }
}

/** Puts a file in the place of another one, or where there is none. @throws the system's error, and nothing has changed */
export function replaceFile(path: string, text: string, mode: number): void {
  const draft = new Draft(path);
  try {
    draft.write(text, mode);
    draft.take();
  } catch (error) {
    draft.discard();
    throw error;
  }
}
