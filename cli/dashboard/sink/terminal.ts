const ENTER = "\x1b[?1049h\x1b[?25l\x1b[?7l";
const LEAVE = "\x1b[?7h\x1b[?25h\x1b[?1049l";

/** The terminal while a picture has it: alternate screen, no cursor, no wrapping of long lines. */
export interface Terminal {
  write(text: string): void;
  /** Gives the terminal back as it was. Safe to call twice. */
  restore(): void;
}

/** What a terminal needs of a process's streams. */
export interface TerminalStreams {
  readonly stdin: Pick<NodeJS.ReadStream, "isTTY" | "setRawMode">;
  readonly stdout: { write(text: string): unknown };
}

/**
 * Takes the terminal. It is given back at the latest when the process exits; and before an uncaught error is told, which
 * would be lost with the alternate screen.
 */
export function takeTerminal({ stdin, stdout }: TerminalStreams): Terminal {
  let isTaken = true;
  const restore = () => {
    if (!isTaken) return;
    isTaken = false;
    process.removeListener("exit", restore);
    process.removeListener("uncaughtException", restore);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdout.write(LEAVE);
  };
  process.once("exit", restore);
  process.prependListener("uncaughtException", restore);
  stdout.write(ENTER);
  return {
    restore,
    write: (text) => {
      if (isTaken) stdout.write(text);
    },
  };
}
