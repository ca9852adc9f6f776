import { setTimeout as pause } from "node:timers/promises";
import type { EventBody, MembersBody } from "../../control/api-types.ts";
import { type ControlClient, connectControl, NodeUnreachableError } from "../../control/client.ts";
import type { Millis } from "../../core/member.ts";
import type { LaunchedDaemon } from "./launched-daemon.ts";

const RETRY_MS: Millis = 100;
const REQUEST_MS: Millis = 5000;

/** What is called with what a daemon reports. */
export interface FollowedDaemonOptions {
  readonly onEvent: (event: EventBody) => void;
  /** The whole view, where events were missed. */
  readonly onView: (body: MembersBody) => void;
}

/** A daemon that is ready, its control API, and its events from the first one on. */
export class FollowedDaemon {
  readonly process: LaunchedDaemon;
  readonly client: ControlClient;
  /** Resolves when the process has ended and all that it told was read. */
  readonly told: Promise<void>;
  private readonly options: FollowedDaemonOptions;
  private readonly closing = new AbortController();
  private readonly waiting = new Set<() => void>();
  private lastIndex = 0;

  constructor(process: LaunchedDaemon, api: string, options: FollowedDaemonOptions) {
    this.process = process;
    this.options = options;
    this.client = connectControl(`http://${api}`, {
      signal: this.closing.signal,
      timeoutMs: REQUEST_MS,
    });
    this.told = this.follow().finally(() => this.close());
  }

  /** Resolves once every event up to now was read, or after `withinMs`. */
  async catchUp(withinMs: Millis): Promise<void> {
    const signal = AbortSignal.any([AbortSignal.timeout(withinMs), this.closing.signal]);
    try {
      const { index } = await this.client.members({ signal });
      await this.reach(index, signal);
    } catch {
      // It ended, or stands still: there is nothing more to be read.
    }
  }

  private reach(index: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.lastIndex < index) return;
        this.waiting.delete(look);
        resolve();
      };
      this.waiting.add(look);
      signal.addEventListener("abort", () => {
        this.waiting.delete(look);
        reject(signal.reason);
      });
      look();
    });
  }

  /** A stream that breaks while the process lives is taken up where it broke. */
  private async follow(): Promise<void> {
    let lastEventId: string | undefined;
    for (;;) {
      try {
        const from = lastEventId === undefined ? { since: 0 } : { lastEventId };
        for await (const item of this.client.events(from)) {
          lastEventId = item.id;
          this.take("event" in item ? item.event : item.snapshot);
        }
      } catch (error) {
        if (!(error instanceof NodeUnreachableError)) throw error;
      }
      await Promise.race([this.process.ended, pause(RETRY_MS)]);
      if (this.process.end !== undefined || this.closing.signal.aborted) return;
    }
  }

  private take(told: EventBody | MembersBody): void {
    this.lastIndex = told.index;
    if ("event" in told) this.options.onEvent(told);
    else this.options.onView(told);
    for (const look of [...this.waiting]) look();
  }

  private close(): void {
    this.closing.abort();
    this.client.close();
  }
}
