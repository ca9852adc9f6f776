import type { DaemonEvent } from "../../control/api-types.ts";
import type { Millis } from "../../core/member.ts";

const TOLD_EVERY_MS: Millis = 60_000;
/** Speaks of the peer's host, and is evidence there. */
const REFUSED = "ECONNREFUSED";

/** Datagrams that the system did not take, as events: the first of a kind at once, then at most once a minute how many. */
export class SendFailures {
  private readonly tell: (event: DaemonEvent) => void;
  private readonly kinds = new Map<string, { datagrams: number; toldAtMs: Millis }>();

  constructor(tell: (event: DaemonEvent) => void) {
    this.tell = tell;
  }

  readonly note = (code: string): void => {
    if (code === REFUSED) return;
    const nowMs = performance.now();
    const kind = this.kinds.get(code) ?? { datagrams: 0, toldAtMs: Number.NEGATIVE_INFINITY };
    this.kinds.set(code, kind);
    kind.datagrams += 1;
    if (nowMs - kind.toldAtMs < TOLD_EVERY_MS) return;
    kind.toldAtMs = nowMs;
    this.tell({ kind: "send-failed", code, datagrams: kind.datagrams });
    kind.datagrams = 0;
  };
}
