import { EventEmitter } from "node:events";
import type { ScreenSize } from "../model/layout.ts";

export interface FrameSinkOptions {
  readonly size: ScreenSize;
  /** The lines of a frame as Ink writes it. */
  readonly linesOf: (frame: string) => readonly string[];
  /** Where the escape sequences go. */
  readonly write: (text: string) => void;
}

const FRAME_MS_MIN = 50;
const SYNC_BEGIN = "\x1b[?2026h";
const SYNC_END = "\x1b[?2026l";
const CLEAR = "\x1b[2J";

/**
 * The stdout that Ink is given. Ink writes each frame whole; of it only the lines that changed go to the terminal, each to
 * its own place, inside synchronized-output marks, at most 20 times a second. Ink's own ways of updating tear the frame
 * when the terminal is resized and flicker when it is as tall as the terminal.
 */
export class FrameSink extends EventEmitter {
  columns: number;
  rows: number;
  private readonly options: FrameSinkOptions;
  private shown: readonly string[] = [];
  private next: readonly string[] | undefined;
  private mustClear = true;
  private shownAtMs = Number.NEGATIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private isOpen = true;

  constructor(options: FrameSinkOptions) {
    super();
    this.options = options;
    this.columns = options.size.columns;
    this.rows = options.size.rows;
  }

  /** Takes a whole frame. The last one of a turn is the one that counts. */
  write(frame: string): boolean {
    if (!this.isOpen || frame === "") return true;
    this.next = this.options.linesOf(frame).slice(0, this.rows);
    this.timer ??= setTimeout(() => this.show(), this.shownAtMs + FRAME_MS_MIN - performance.now());
    return true;
  }

  /** The terminal has another size: what it shows and what is owed at the old size are not worth keeping. */
  resize({ columns, rows }: ScreenSize): void {
    this.columns = columns;
    this.rows = rows;
    this.shown = [];
    this.next = undefined;
    this.mustClear = true;
  }

  /** Shows what is still owed. Later frames are dropped. */
  close(): void {
    if (this.next !== undefined) this.show();
    this.isOpen = false;
  }

  private show(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const frame = this.next;
    if (frame === undefined || !this.isOpen) return;
    this.next = undefined;
    this.shownAtMs = performance.now();
    const changes = this.mustClear ? paintAll(frame) : paintChanges(this.shown, frame);
    this.mustClear = false;
    this.shown = frame;
    if (changes !== "") this.options.write(SYNC_BEGIN + changes + SYNC_END);
  }
}

function paintAll(frame: readonly string[]): string {
  return CLEAR + frame.map((line, row) => placeLine(row, line)).join("");
}

function paintChanges(shown: readonly string[], frame: readonly string[]): string {
  const rows = Math.max(shown.length, frame.length);
  return Array.from({ length: rows }, (_, row) =>
    shown[row] === frame[row] ? "" : placeLine(row, frame[row] ?? ""),
  ).join("");
}

/** The line on its row, which is erased first: afterwards the cursor may stand on the last character, and erase that. */
function placeLine(row: number, line: string): string {
  return `\x1b[${row + 1};1H\x1b[2K${line}\x1b[0m`;
}
