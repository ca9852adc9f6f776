import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";

/** Where finished lines go. */
export interface LogSink {
  /** Writes a line with its end, or drops it. */
  write(line: string): void;
  /** Lines dropped since the start: nobody read them, or nobody could. */
  readonly dropped: number;
}

/**
 * A file descriptor that never blocks this process: a pipe that nobody reads, or a terminal that was
 * stopped, would else hold up the detector, and the others would call this node frozen. What does
 * not fit now is dropped and counted. Files are written as they are: they have no reader to wait for.
 */
export class DescriptorSink implements LogSink {
  private droppedSoFar = 0;
  /** The rest of a line of which the pipe took only a part. */
  private rest: Uint8Array = new Uint8Array();
  private readonly fd: number;
  private readonly isOwn: boolean;

  constructor(fd: number) {
    const own = openAnew(fd);
    this.fd = own ?? fd;
    this.isOwn = own !== undefined;
  }

  get dropped(): number {
    return this.droppedSoFar;
  }

  write(line: string): void {
    this.rest = this.put(this.rest);
    if (this.rest.length > 0) {
      this.droppedSoFar++;
      return;
    }
    const bytes = Buffer.from(line);
    const rest = this.put(bytes);
    if (rest.length === bytes.length) this.droppedSoFar++;
    else this.rest = rest;
  }

  /** What was opened here; the descriptor given stays open. */
  close(): void {
    if (this.isOwn) closeSync(this.fd);
  }

  /** What could not be written now. */
  private put(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    try {
      return bytes.subarray(writeSync(this.fd, bytes));
    } catch {
      // EAGAIN: nobody reads. EPIPE, ENOSPC: nobody can. The log ends there, the daemon does not.
      return bytes;
    }
  }
}

/**
 * The same pipe or terminal with a mode of its own: to set the mode of the descriptor itself would
 * set it for every other process that writes there. Undefined where the system cannot do so, or need
 * not: a socket, as Node gives to its children and systemd to its services, is one that does not
 * block as soon as Node looks at it.
 */
function openAnew(fd: number): number | undefined {
  try {
    const stat = fstatSync(fd);
    if (!stat.isFIFO() && !stat.isCharacterDevice()) return undefined;
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
}
