import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import type { z } from "zod";
import { errorText } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import { writeFlushed } from "../../files/write-flushed.ts";

/** What we keep in a data directory is small. */
const BYTES_MAX = 16 * 1024 * 1024;
/** Changes within this are saved at once: a whole cluster may arrive in a moment, or a rumour every few milliseconds. */
const SAVE_AFTER_MS: Millis = 250;

/**
 * A file of ours in the data directory. At every moment, a loss of power included, it is the old one or the new one:
 * the new one is written beside it and reaches the disk before it takes the name.
 */
export class StoredFile {
  readonly path: string;
  private readonly onFailure: (why: string) => void;
  private saved: string | undefined;
  private wanted: (() => string) | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** On its way to the disk. */
  private writing: string | undefined;
  private hasFailed = false;
  private isClosed = false;

  /** @param onFailure called once for a series of failures, which change nothing else */
  constructor(path: string, onFailure: (why: string) => void) {
    this.path = path;
    this.onFailure = onFailure;
  }

  /** Saves what `text` gives in a moment, of several changes the last, and without holding the daemon up. */
  saveSoon(text: () => string): void {
    if (this.isClosed) return;
    this.wanted = text;
    this.timer ??= setTimeout(() => void this.saveInBackground(), SAVE_AFTER_MS).unref();
  }

  /** Saves now, and returns when it is on the disk. */
  saveNow(text: string): void {
    this.wanted = undefined;
    if (text === this.saved) return;
    try {
      const draft = this.draft();
      writeFlushed(draft, text, "wx", 0o644);
      this.take(draft, text);
      syncDirectoryNow(dirname(this.path));
    } catch (error) {
      this.fail(error);
    }
  }

  /** Saves what was not saved yet. */
  close(): void {
    clearTimeout(this.timer);
    this.isClosed = true;
    const text = this.wanted?.() ?? this.writing;
    if (text !== undefined) this.saveNow(text);
  }

  private async saveInBackground(): Promise<void> {
    this.timer = undefined;
    // The next follows when this one has ended.
    if (this.writing !== undefined || this.wanted === undefined) return;
    const text = this.wanted();
    this.wanted = undefined;
    if (text === this.saved) return;
    this.writing = text;
    const draft = `${this.path}.draft`;
    try {
      rmSync(draft, { force: true });
      const file = await open(draft, "wx", 0o644);
      await file
        .writeFile(text)
        .then(() => file.sync())
        .finally(() => file.close());
      // What was saved meanwhile is newer.
      if (this.isClosed) rmSync(draft, { force: true });
      else {
        this.take(draft, text);
        await syncDirectory(dirname(this.path));
      }
    } catch (error) {
      this.fail(error);
    }
    this.writing = undefined;
    const { wanted } = this;
    if (wanted !== undefined && !this.isClosed) this.saveSoon(wanted);
  }

  /** What else is there under that name, such as a pipe, is not written to. */
  private draft(): string {
    const draft = `${this.path}.new`;
    rmSync(draft, { force: true });
    return draft;
  }

  private take(draft: string, text: string): void {
    renameSync(draft, this.path);
    this.saved = text;
    this.hasFailed = false;
  }

  private fail(error: unknown): void {
    if (!this.hasFailed) this.onFailure(errorText(error));
    this.hasFailed = true;
  }
}

/**
 * What is in a file of ours; undefined where there is none.
 *
 * @throws an error that says in one clause why it cannot be used. A named pipe of that name would be waited for without an end.
 */
export function readStoredFile<T extends z.ZodType>(
  path: string,
  schema: T,
): z.output<T> | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw new Error("it is not a file");
  if (stat.size > BYTES_MAX) throw new Error("it is too large");
  const text = readFileSync(path, "utf8");
  const value = parseJson(text);
  const state = schema.safeParse(value);
  if (state.success) return state.data;
  throw new Error(whatIsWrong(text, value));
}

/** The versions of our files: a newer one may have another meaning. */
const VERSION = 1;

function whatIsWrong(text: string, value: unknown): string {
  if (text === "") return "it is empty, as after a loss of power";
  if (/^\0+$/.test(text)) return "it is filled with zeros, as after a loss of power";
  if (value === undefined) return "it is cut off, or was not written by hearsay";
  const version = typeof value === "object" && value !== null && Reflect.get(value, "v");
  if (typeof version === "number" && version > VERSION) {
    return `a newer hearsay wrote it (version ${version} of the file, this one reads ${VERSION})`;
  }
  return "it was not written by hearsay";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Until then a rename may be undone by a loss of power. Some file systems refuse that, and need none. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, "r").catch(() => undefined);
  await directory?.sync().catch(() => undefined);
  await directory?.close();
}

function syncDirectoryNow(path: string): void {
  let directory: number | undefined;
  try {
    directory = openSync(path, "r");
    fsyncSync(directory);
  } catch {
    // As above.
  } finally {
    if (directory !== undefined) closeSync(directory);
  }
}
