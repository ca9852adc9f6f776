import { createHash } from "node:crypto";
import type { NodeEvent } from "../../core/effect.ts";
import { decodeSerfMessage, type SerfUserEvent, userEventsOf } from "../../pool/wire/serf.ts";

/** More than Serf's agents remember themselves. */
const SEEN_MAX = 2048;

/**
 * The user events of a Serf pool, each once: heard where they ride on an answer, else read from the next view. Nobody
 * says who sent one. What was told before the guest came is no news.
 */
export class SerfEvents {
  private readonly emit: (event: NodeEvent) => void;
  private readonly seen = new Set<string>();
  private hasHistory = false;

  constructor(emit: (event: NodeEvent) => void) {
    this.emit = emit;
  }

  /** A message of the engine above memberlist. */
  readonly onMessage = (bytes: Uint8Array): void => {
    const message = calmly(() => decodeSerfMessage(bytes));
    if (message?.kind === "user-event") this.take(message);
  };

  /** What an agent remembers: its first word is the history. */
  readonly onView = (userState: Uint8Array): void => {
    const events = calmly(() => userEventsOf(userState));
    for (const event of events ?? []) {
      if (this.hasHistory) this.take(event);
      else this.remember(event);
    }
    this.hasHistory = true;
  };

  private take(event: SerfUserEvent): void {
    if (!this.remember(event)) return;
    const { clock, name } = event;
    const payload = new TextDecoder().decode(event.payload);
    this.emit({ kind: "user-event", origin: "?", startId: "", seq: clock, name, payload });
  }

  /** False for one that was seen before. */
  private remember({ clock, name, payload }: SerfUserEvent): boolean {
    const key = `${clock} ${createHash("sha1").update(name).update("\0").update(payload).digest("base64")}`;
    if (this.seen.has(key)) return false;
    this.seen.add(key);
    if (this.seen.size > SEEN_MAX) for (const oldest of this.seen) return this.seen.delete(oldest);
    return true;
  }
}

/** Bytes of a peer that cannot be read are no reason to stop. */
function calmly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
