import { chmodSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { Draft } from "../files/draft.ts";

const MODE_DEFAULT = 0o644;

/** The file that a template fills: always whole for its readers, the old one or the new one. */
export class OutputFile {
  readonly path: string;
  private readonly draft: Draft;

  constructor(path: string) {
    this.path = path;
    // Hidden: programs read all the files of some directories.
    this.draft = new Draft(path, join(dirname(path), `.${basename(path)}.${process.pid}.new`));
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
      if (!(await isGood(this.draft.path))) return false;
      this.draft.take();
      return true;
    } catch (error) {
      throw this.withPath(error);
    } finally {
      this.draft.discard();
    }
  }

  private write(text: string): void {
    const old = statSync(this.path, { throwIfNoEntry: false });
    const mode = old === undefined ? MODE_DEFAULT : old.mode & 0o7777;
    this.draft.write(text, mode);
    // The system takes the umask off.
    if (old !== undefined) chmodSync(this.draft.path, mode);
  }

  private withPath(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) return error;
    return new ConfigError(`template: cannot write ${this.path} (${message})`);
  }
}
