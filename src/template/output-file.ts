import { chmodSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { writeFlushed } from "../files/write-flushed.ts";

const MODE_DEFAULT = 0o644;

/** The file that a template fills: always whole for its readers, the old one or the new one. */
export class OutputFile {
  readonly path: string;
  private readonly draft: string;

  constructor(path: string) {
    this.path = path;
    this.draft = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  }

  /** What is in it; undefined where there is none. @throws ConfigError when it cannot be read */
  read(): string | undefined {
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw this.withPath(error);
    }
  }

  /**
   * Puts `text` in its place once `isGood`, given the path of the new file, says so; whether it did. The new file has the
   * mode of the old one.
   *
   * @throws ConfigError when it cannot be written
   */
  async replace(text: string, isGood: (draft: string) => Promise<boolean>): Promise<boolean> {
    try {
      this.write(text);
      if (!(await isGood(this.draft))) return false;
      renameSync(this.draft, this.path);
      return true;
    } catch (error) {
      throw this.withPath(error);
    } finally {
      rmSync(this.draft, { force: true });
    }
  }

  private write(text: string): void {
    writeFlushed(this.draft, text, "w", MODE_DEFAULT);
    const mode = statSync(this.path, { throwIfNoEntry: false })?.mode;
    if (mode !== undefined) chmodSync(this.draft, mode & 0o7777);
  }

  private withPath(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) return error;
    return new ConfigError(`template: cannot write ${this.path} (${message})`);
  }
}
