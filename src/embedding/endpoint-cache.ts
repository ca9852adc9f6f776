import { NodeUnreachableError } from "../control/client.ts";
import type { ServiceBody } from "../control/service-types.ts";
import type { Millis } from "../core/member.ts";

interface Entry {
  body: ServiceBody;
  readAtMs: Millis;
  reading: Promise<void> | undefined;
}

/** A copy older than this is refreshed in the background. */
const FRESH_MS: Millis = 250;
const ENTRIES_MAX = 1000;

/**
 * Copies of a daemon's answers, so that picking an endpoint costs no request. Where the daemon does not answer, the last
 * copy stays: a daemon that restarts must not stop those who ask it.
 */
export class EndpointCache {
  private readonly entries = new Map<string, Entry>();

  /** The copy under `key`; `read` makes the first one, and rejects for it alone. */
  async get(key: string, read: () => Promise<ServiceBody>): Promise<ServiceBody> {
    const entry = this.entries.get(key);
    if (entry === undefined) return this.add(key, await read());
    const isOld = performance.now() - entry.readAtMs > FRESH_MS;
    if (isOld) entry.reading ??= this.renew(key, entry, read);
    return entry.body;
  }

  private add(key: string, body: ServiceBody): ServiceBody {
    const oldest = this.entries.keys().next();
    if (this.entries.size >= ENTRIES_MAX && !oldest.done) this.entries.delete(oldest.value);
    this.entries.set(key, { body, readAtMs: performance.now(), reading: undefined });
    return body;
  }

  /** Runs in the background. Any failure but an unreachable daemon drops the copy, so that the next call reports it. */
  private async renew(key: string, entry: Entry, read: () => Promise<ServiceBody>): Promise<void> {
    try {
      entry.body = await read();
    } catch (error) {
      if (!(error instanceof NodeUnreachableError)) this.entries.delete(key);
    } finally {
      entry.readAtMs = performance.now();
      entry.reading = undefined;
    }
  }
}
