import { readFileSync, statSync } from "node:fs";
import type { z } from "zod";
import { errorText } from "../../core/errors.ts";
import type { Millis } from "../../core/member.ts";
import { Draft } from "../../files/draft.ts";

/** What we keep in a data directory is small. */
const BYTES_MAX = 16 * 1024 * 1024;
/** Changes within this are saved at once: a whole cluster may arrive in a moment, or a rumour every few milliseconds. */
const SAVE_AFTER_MS: Millis = 250;
const MODE = 0o644;

/** A file of ours in the data directory: always the old one or the new one, whole. */
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
      const draft = new Draft(this.path, `${this.path}.new`);
      draft.write(text, MODE);
      draft.take();
      this.saved = text;
      this.hasFailed = false;
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
    const draft = new Draft(this.path, `${this.path}.draft`);
    try {
      await draft.writeInBackground(text, MODE);
      // What was saved meanwhile is newer.
      if (this.isClosed) draft.discard();
      else {
        // Before anything is waited for: what is saved from then on is newer.
        this.saved = text;
        await draft.takeInBackground();
        this.hasFailed = false;
      }
    } catch (error) {
      this.fail(error);
    }
    this.writing = undefined;
    const { wanted } = this;
    if (wanted !== undefined && !this.isClosed) this.saveSoon(wanted);
  }

  private fail(error: unknown): void {
    if (!this.hasFailed) this.onFailure(errorText(error));
    this.hasFailed = true;
    this.saved = undefined;
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
