import type { Millis } from "../../core/member.ts";
import { NEVER } from "../../core/primitives/deadlines.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PushPullFailure } from "./pool-input.ts";
import type { PoolOutbox } from "./pool-outbox.ts";

/** In periods: so long nobody is heard before the guest doubts itself. */
const SILENT_PERIODS = 2.5;

/** Why nobody is heard. */
export type CutOffCause = "silence" | "unreachable" | "refused";

interface CutOffParts {
  readonly config: PoolConfig;
  readonly outbox: PoolOutbox;
  /** Members that are pinged. */
  readonly pinged: () => number;
  /** How many of them are refused for certain. */
  readonly refused: () => number;
  readonly failure: () => PushPullFailure | undefined;
}

/**
 * Tells a guest that is cut off from a pool that is gone. If nobody answers, the fault is as likely
 * here; if the hosts of all members answer that the processes are gone, it is there.
 */
export class CutOff {
  private readonly parts: CutOffParts;
  private lastHeardAt: Millis = NEVER;
  private cause: CutOffCause | undefined;

  constructor(parts: CutOffParts) {
    this.parts = parts;
  }

  /** Why nobody is heard; undefined while somebody is. */
  get why(): CutOffCause | undefined {
    return this.cause;
  }

  /** Whether what the guest holds of the pool may be out of date, and the fault may be its own. */
  get isCutOff(): boolean {
    return this.cause === "silence" || this.cause === "unreachable";
  }

  /** A member answered; whether that ends an outage. */
  recordHeard(now: Millis): boolean {
    const silentMs = now - this.lastHeardAt;
    const wasCutOff = this.cause !== undefined;
    this.lastHeardAt = now;
    if (!wasCutOff) return false;
    this.cause = undefined;
    this.parts.outbox.emit({ kind: "isolated-changed", isolated: false, silentMs });
    return true;
  }

  /** Whether an outage begins now. */
  wake(now: Millis): boolean {
    if (this.cause !== undefined || now < this.nextDeadline()) return false;
    this.cause = this.judge();
    const silentMs = now - this.lastHeardAt;
    this.parts.outbox.emit({ kind: "guest-cut-off", why: this.cause, silentMs });
    return true;
  }

  nextDeadline(): Millis {
    if (this.cause !== undefined || this.parts.pinged() === 0) return NEVER;
    return this.lastHeardAt + SILENT_PERIODS * this.parts.config.probeIntervalMs;
  }

  /** Takes a span in which this guest could not hear out of the silence. */
  shift(byMs: Millis, now: Millis): void {
    if (this.lastHeardAt !== NEVER) this.lastHeardAt = Math.min(now, this.lastHeardAt + byMs);
  }

  private judge(): CutOffCause {
    const { pinged, refused, failure } = this.parts;
    if (refused() === pinged()) return "refused";
    return failure() === "unreachable" ? "unreachable" : "silence";
  }
}
