import { mayDeclare } from "../detection/connectivity-gate.ts";
import type { Millis, VerdictCause } from "../member.ts";
import type { Member } from "../membership/table.ts";
import { type QuorumTally, recountQuorum } from "./quorum.ts";
import { refusedOf } from "./refusal-quorum.ts";
import type { Suspicion } from "./suspicion.ts";
import type { SuspicionContext } from "./suspicion-context.ts";
import { deadlinesOf } from "./verdict-deadlines.ts";

/** Why a suspect is dead. */
export interface DeathVerdict {
  readonly cause: Exclude<VerdictCause, "leave" | "forget">;
  /** One clause for people. */
  readonly reason: string;
}

/**
 * Re-evaluates one suspicion: has its quorum recounted (`quorum.ts`), and returns the verdict if a
 * grace is over (docs/protocol.md §12, rules 8 and 9; own, shown by `hearsay sim --swarm --story
 * verdict-partition`). Refusals by two are
 * facts: the connectivity gate holds back verdicts on silence alone.
 */
export function evaluateSuspicion(
  suspicion: Suspicion,
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): DeathVerdict | undefined {
  const tally = recountQuorum(suspicion, subject, context, now);
  const { accusers, liveObservers, quorum, hasQuorum, kind } = tally;
  const { crashDeadAt, refusalDeadAt, silenceDeadAt } = deadlinesOf(suspicion, tally, context);
  if (now >= crashDeadAt || now >= refusalDeadAt) {
    const refused = refusedOf(accusers).length;
    const cause = now >= crashDeadAt ? "crash" : "refusal";
    const what = cause === "crash" ? "its process ended" : "refused by its host";
    return { cause, reason: `${what}, say ${refused} of ${count(accusers, "accuser")}` };
  }
  if (now < silenceDeadAt || !mayDeclare(gateFacts(tally, context), now)) return undefined;
  if (hasQuorum) {
    const live = count(liveObservers, "live observer");
    const cause = kind === "silence" ? "quorum" : kind;
    const known = kind === "silence" ? "" : `${kind}, `;
    const reason = `${known}${count(accusers, "accuser")}, ${live}, quorum ${quorum}`;
    return { cause, reason };
  }
  return { cause: "timeout", reason: `no refutation in ${seconds(now - suspicion.startedAt)}` };
}

function gateFacts(
  tally: QuorumTally,
  context: SuspicionContext,
): Parameters<typeof mayDeclare>[0] {
  return {
    isPair: tally.isPair,
    isIsolated: context.isIsolated(),
    anybodyHeardAt: context.lastHeard.anybodyAt,
    probeIntervalMs: context.config.probeIntervalMs,
  };
}

function count(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? "" : "s"}`;
}

function seconds(spanMs: Millis): string {
  return `${(spanMs / 1000).toFixed(1)} s`;
}
