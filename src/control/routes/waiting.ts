import { HTTPException } from "hono/http-exception";
import type { RefusedClients } from "../refused-clients.ts";
import { shareSignal } from "../shared-signal.ts";

/** How many clients may hold a connection open, and what is done about the others. */
export interface WaitingClientsOptions {
  /** How many there may be. */
  readonly max: number;
  /** Called with the reason when a client was cut off because it does not read. */
  readonly onDropped: (why: string) => void;
  readonly refused: RefusedClients;
}

/** The clients that hold a connection open: how many there may be, and what ends their waiting. */
export class WaitingClients {
  /** All clients that were turned away, these and others. */
  readonly refused: RefusedClients;
  private readonly max: number;
  private readonly onDropped: (why: string) => void;
  private droppedCount = 0;
  private count = 0;
  private readonly ending = new AbortController();

  constructor({ max, onDropped, refused }: WaitingClientsOptions) {
    this.refused = refused;
    this.max = max;
    this.onDropped = onDropped;
    shareSignal(this.ending.signal);
  }

  /** How many there are now. */
  get waiting(): number {
    return this.count;
  }

  /** How many were cut off because they did not read. */
  get dropped(): number {
    return this.droppedCount;
  }

  /** Notes one more of them. */
  noteDropped(why: string): void {
    this.droppedCount += 1;
    this.onDropped(why);
  }

  /** Aborted when the server closes. */
  get ended(): AbortSignal {
    return this.ending.signal;
  }

  /** Counts one more waiting client until the returned function is called. @throws HTTPException 503 for too many */
  enter(): () => void {
    if (this.count >= this.max) {
      this.refused.note("too-many");
      throw new HTTPException(503, {
        message: `${this.max} clients are waiting already; close some of them`,
      });
    }
    this.count += 1;
    return () => {
      this.count -= 1;
    };
  }

  /** Runs `wait` as one of the waiting clients. */
  async hold(wait: () => Promise<void>): Promise<void> {
    const release = this.enter();
    await wait().finally(release);
  }

  end(): void {
    this.ending.abort();
  }
}
