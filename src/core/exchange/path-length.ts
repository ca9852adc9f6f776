import type { NodeConfig } from "../config.ts";
import { formatEndpoint, type Millis } from "../member.ts";
import { earliest, type Timed } from "../primitives/deadlines.ts";
import { ZERO_HASH } from "../primitives/hash.ts";
import type { Sequence } from "../primitives/sequence.ts";
import type { Outbox } from "../sending/outbox.ts";
import { PAGE_BYTES_MIN, PAGE_BYTES_USUAL } from "./page-bytes.ts";
import type { Sender } from "./record-repair.ts";

/** Paths that are checked at once. */
const CHECKS_MAX = 4;
const ROUNDS_MAX = 24;
/** Chance is ruled out where it would be less likely than that. */
const CHANCE_MAX = 1e-6;

interface Check {
  readonly peer: Sender;
  /** Of all rounds: an answer may be late. */
  readonly long: Set<number>;
  short: number;
  isShortAnswered: boolean;
  rounds: number;
  /** Rounds in which the short request, too, stayed unanswered. */
  silent: number;
  judgeAt: Millis;
}

interface PathLengthParts {
  readonly config: Pick<NodeConfig, "roundWaitMs" | "probeIntervalMs" | "profile">;
  readonly outbox: Pick<Outbox, "sendPadded" | "emit">;
  readonly sequence: Sequence;
}

/**
 * Says that a path is short (docs/protocol.md §12, rule 26). Long requests that stay unanswered before a short one is answered
 * prove nothing: datagrams of any length may have been lost, or the peer may have stood still. So a long and a short
 * request go together, until a long one is answered or so many were not that chance is ruled out.
 */
export class PathLength implements Timed {
  private readonly checks = new Map<string, Check>();
  private readonly parts: PathLengthParts;

  constructor(parts: PathLengthParts) {
    this.parts = parts;
  }

  /** Checks the path to a peer that seems to have answered short requests alone. */
  check(peer: Sender, now: Millis): void {
    const key = formatEndpoint(peer.endpoint);
    if (this.checks.has(key) || this.checks.size >= CHECKS_MAX) return;
    const asked = { long: new Set<number>(), short: 0, isShortAnswered: false };
    this.checks.set(key, { peer, ...asked, rounds: 0, silent: 0, judgeAt: now });
  }

  /** A page came: it may answer one of the requests. */
  onPage(seq: number): void {
    for (const [key, check] of this.checks) {
      if (check.long.has(seq)) this.checks.delete(key);
      else if (check.short === seq) check.isShortAnswered = true;
    }
  }

  wake(now: Millis): void {
    for (const [key, check] of this.checks) {
      if (now < check.judgeAt) continue;
      if (check.rounds > 0 && !check.isShortAnswered) check.silent += 1;
      const isShort = chanceOf(check) <= CHANCE_MAX;
      if (isShort) this.emit(check.peer);
      if (isShort || check.rounds === ROUNDS_MAX) this.checks.delete(key);
      else this.ask(check, now);
    }
  }

  nextDeadline(): Millis {
    return earliest(this.checks.values(), ({ judgeAt }) => judgeAt);
  }

  private ask(check: Check, now: Millis): void {
    check.rounds += 1;
    check.judgeAt = now + pageWaitMs(this.parts.config);
    check.isShortAnswered = false;
    check.long.add(this.request(check.peer, PAGE_BYTES_USUAL));
    check.short = this.request(check.peer, PAGE_BYTES_MIN);
  }

  /** Asks for the first page of everything: it is as long as its request allows, so that both directions are checked. */
  private request({ name: member, endpoint }: Sender, bytes: number): number {
    const { config, outbox, sequence } = this.parts;
    const seq = sequence.next();
    const all = { bucketBits: 0, hashes: [ZERO_HASH], after: null };
    const body = { kind: "sync-request", seq, profile: config.profile, ...all } as const;
    outbox.sendPadded({ endpoint, member }, body, bytes);
    return seq;
  }

  private emit({ name: peer, endpoint: at }: Sender): void {
    this.parts.outbox.emit({ kind: "path-short", peer, at, bytes: PAGE_BYTES_MIN });
  }
}

/**
 * How likely it is that the long requests of all rounds stay unanswered although their length does not matter: then each is
 * lost as often as a short one. That share is estimated by Laplace's rule of succession.
 */
function chanceOf({ rounds, silent }: Pick<Check, "rounds" | "silent">): number {
  return ((silent + 1) / (rounds + 2)) ** rounds;
}

/** How long the answer to a request for a page may take. */
export function pageWaitMs({
  roundWaitMs,
  probeIntervalMs,
}: Pick<NodeConfig, "roundWaitMs" | "probeIntervalMs">): Millis {
  return Math.max(roundWaitMs, probeIntervalMs / 2);
}
