import type { ProbeConfig } from "../config.ts";
import type { Evidence } from "../detection/evidence.ts";
import type { Millis } from "../member.ts";
import type { MembershipTable } from "../membership/table.ts";
import type { Outbox } from "../outbox.ts";
import { NEVER, type Timed } from "../primitives/deadlines.ts";

/** In periods: hearing nobody for so long means being cut off. */
const ISOLATED_AFTER_PERIODS = 2;

interface ConnectivityParts {
  readonly config: Pick<ProbeConfig, "probeIntervalMs">;
  readonly table: MembershipTable;
  readonly evidence: Evidence;
  readonly outbox: Outbox;
}

/**
 * Whether this node is cut off: at least two others should be there, and nobody was heard for two
 * periods. Then it keeps its members and declares nobody. With one other member nobody can tell
 * whose fault it is, so the rule does not apply.
 */
export class Connectivity implements Timed {
  private isolated = false;
  private readonly parts: ConnectivityParts;

  constructor(parts: ConnectivityParts) {
    this.parts = parts;
  }

  get isIsolated(): boolean {
    return this.isolated;
  }

  /**
   * A datagram arrived. Returns the span to take out of all silences: the isolation that it ends,
   * or 0.
   */
  heardSomebody(now: Millis): Millis {
    if (!this.isolated) return 0;
    const gapMs = now - (this.parts.evidence.anybodyAt ?? now);
    this.change(false, gapMs);
    return gapMs;
  }

  wake(now: Millis): void {
    if (this.isolated) {
      if (!this.expectsOthers()) this.change(false, 0);
    } else if (now >= this.nextDeadline()) {
      this.change(true, now - (this.parts.evidence.anybodyAt ?? now));
    }
  }

  nextDeadline(): Millis {
    const heardAt = this.parts.evidence.anybodyAt;
    if (this.isolated || heardAt === undefined || !this.expectsOthers()) return NEVER;
    return heardAt + ISOLATED_AFTER_PERIODS * this.parts.config.probeIntervalMs;
  }

  private expectsOthers(): boolean {
    return this.parts.table.presentCount >= 3;
  }

  private change(isolated: boolean, silentMs: Millis): void {
    this.isolated = isolated;
    this.parts.outbox.event({ kind: "isolated-changed", isolated, silentMs });
  }
}
