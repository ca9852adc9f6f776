import { safeLine } from "../../src/text/safe-text.ts";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const SYNC_BEGIN = "\x1b[?2026h";
/** The lines come in the alphabet and the colours of their style. */
const DRESSED = { color: true, ascii: false };
const SYNC_END = "\x1b[?2026l";

/** A picture that is refreshed in place on the alternate screen; what was there before comes back at the end. */
export interface LiveScreen {
  /** Shows these lines, as far as they fit. Lines must not hold line ends. */
  draw(lines: readonly string[]): void;
  close(): void;
}

/** The part of a terminal's stdout that a screen needs. */
export interface TerminalStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Opens the screen; it is closed at the latest when the process exits. */
export function openLiveScreen(stream: TerminalStream): LiveScreen {
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    process.removeListener("exit", close);
    stream.write(LEAVE);
  };
  process.once("exit", close);
  stream.write(ENTER);
  return {
    close,
    draw: (lines) => {
      if (!isOpen) return;
      const columns = stream.columns ?? 80;
      // One row stays free: a frame as tall as the terminal would scroll it.
      const shown = lines.slice(0, Math.max(1, (stream.rows ?? 24) - 1));
      const text = shown
        .map((line) => `${clip(safeLine(line, DRESSED), columns)}\x1b[K\r\n`)
        .join("");
      stream.write(`${SYNC_BEGIN}\x1b[H${text}\x1b[J${SYNC_END}`);
    },
  };
}

/** The first `columns` visible characters of a line that may be painted; colours that are cut off are ended. */
export function clip(line: string, columns: number): string {
  let visible = 0;
  let clipped = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  for (const [piece] of line.matchAll(/\x1b\[[0-9;]*m|./gu)) {
    if (piece.startsWith("\x1b")) clipped += piece;
    else if (visible < columns) {
      clipped += piece;
      visible += 1;
    }
  }
  return clipped;
}
