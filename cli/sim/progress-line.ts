const ON_TERMINAL_EVERY_MS = 200;
const ELSEWHERE_EVERY_MS = 5_000;

/** One line on stderr about long work: redrawn in place on a terminal, else a new one now and then. */
export class ProgressLine {
  private lastAtMs = performance.now();
  private isDrawn = false;
  private readonly stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.stream = stream;
  }

  show(text: () => string): void {
    const nowMs = performance.now();
    const isTerminal = this.stream.isTTY === true;
    if (nowMs - this.lastAtMs < (isTerminal ? ON_TERMINAL_EVERY_MS : ELSEWHERE_EVERY_MS)) return;
    this.lastAtMs = nowMs;
    this.stream.write(isTerminal ? `\r\u001b[K${text()}` : `${text()}\n`);
    this.isDrawn = isTerminal;
  }

  clear(): void {
    if (this.isDrawn) this.stream.write("\r\u001b[K");
    this.isDrawn = false;
  }
}
