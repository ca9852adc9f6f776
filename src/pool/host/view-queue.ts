import type { Endpoint } from "../../core/member.ts";
import type { PushPull } from "../wire/messages.ts";
import type { ViewFetcher } from "./pool-host.ts";
import { ViewFailure } from "./view-stream.ts";

/** Streams open at once: a view is kept in memory three times while it is read. */
const OPEN_MAX = 4;
/** Views that wait for one of those. */
const WAITING_MAX = 1000;

/** Fetches views a few at a time, the others in the order in which they were asked for. */
export class ViewQueue implements ViewFetcher {
  private readonly fetchNow: (endpoint: Endpoint, signal: AbortSignal) => Promise<PushPull>;
  private readonly closing = new AbortController();
  private readonly waiting: (() => void)[] = [];
  private open = 0;

  constructor(fetchNow: (endpoint: Endpoint, signal: AbortSignal) => Promise<PushPull>) {
    this.fetchNow = fetchNow;
  }

  async fetch(endpoint: Endpoint): Promise<PushPull> {
    if (this.waiting.length >= WAITING_MAX) {
      throw new ViewFailure("silent", "too many views are asked for at once");
    }
    if (this.open >= OPEN_MAX) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.open++;
    try {
      return await this.fetchNow(endpoint, this.closing.signal);
    } finally {
      // The next one takes this place over.
      const next = this.waiting.shift();
      if (next === undefined) this.open--;
      else next();
    }
  }

  /** Ends what is under way; what is asked for later fails at once. */
  close(): void {
    this.closing.abort();
  }
}
