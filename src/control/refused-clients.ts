import type { Millis } from "../core/member.ts";

/** Why a client was refused. */
export type RefusalReason =
  /** No token, one that is not this node's, or one that may only read. */
  | "token"
  /** Asked for a host name that is not this node's. */
  | "host"
  /** A web page asked. */
  | "web-page"
  /** More connections or waiting clients than allowed. */
  | "too-many"
  /** What it sent is too long, or came too slowly. */
  | "too-large"
  | "too-slow"
  /** What it sent is not HTTP. */
  | "malformed"
  /** It ended the TLS handshake, or could not begin one. */
  | "tls";

/** The first of a kind is reported at once, later ones in one line a minute. */
const TOLD_EVERY_MS: Millis = 60_000;

interface Kind {
  count: number;
  untold: number;
  toldAtMs: Millis;
}

/** Clients that were refused: how many for which reason, and a line of the log now and then. */
export class RefusedClients {
  private readonly kinds = new Map<RefusalReason, Kind>();
  private readonly tell: (reason: RefusalReason, count: number) => void;

  /** @param tell called at once for the first of a kind, then at most once a minute with how many there were since */
  constructor(tell: (reason: RefusalReason, count: number) => void) {
    this.tell = tell;
  }

  /** Since the start. */
  get counts(): ReadonlyMap<RefusalReason, number> {
    return new Map(Array.from(this.kinds, ([reason, { count }]) => [reason, count]));
  }

  note(reason: RefusalReason): void {
    const nowMs = performance.now();
    const kind = this.kinds.get(reason) ?? {
      count: 0,
      untold: 0,
      toldAtMs: Number.NEGATIVE_INFINITY,
    };
    this.kinds.set(reason, kind);
    kind.count += 1;
    kind.untold += 1;
    if (nowMs - kind.toldAtMs < TOLD_EVERY_MS) return;
    kind.toldAtMs = nowMs;
    this.tell(reason, kind.untold);
    kind.untold = 0;
  }
}
