import type { SuspicionConfig } from "../config.ts";
import type { Millis } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";
import type { QuorumTally, SuspicionContext } from "./quorum.ts";
import type { Suspicion } from "./suspicion.ts";

/** In graces: a node that does not accuse leaves the declaration for so long to those that do. */
const NON_OBSERVER_GRACES = 3;
const LIFEGUARD_MULTIPLIER = 4;
const LIFEGUARD_MAX_FACTOR = 6;

/** When the suspicion is a death if nothing changes; NEVER while its clocks stand still. */
export function deadAt(
  suspicion: Suspicion,
  tally: QuorumTally,
  context: SuspicionContext,
): Millis {
  const { refusalDeadAt, silenceDeadAt } = deadlinesOf(suspicion, tally, context);
  return Math.min(refusalDeadAt, silenceDeadAt);
}

/** When the graces of a suspicion end, counted once; NEVER for one that does not run. */
export function graceEnds(
  { quorumSince, refusalQuorumSince }: Suspicion,
  config: Pick<SuspicionConfig, "graceMs" | "refusalGraceMs">,
  graces = 1,
): { readonly silence: Millis; readonly refusal: Millis } {
  return {
    silence: (quorumSince ?? NEVER) + graces * config.graceMs,
    refusal: (refusalQuorumSince ?? NEVER) + config.refusalGraceMs,
  };
}

/**
 * The one place that counts deadlines. A refusal counts only with this node's own; of silence an
 * accuser waits one grace and any other node three; without a quorum Lifeguard's timer runs.
 */
export function deadlinesOf(
  suspicion: Suspicion,
  tally: QuorumTally,
  { config, selfName, table }: SuspicionContext,
): { readonly refusalDeadAt: Millis; readonly silenceDeadAt: Millis } {
  const own = suspicion.get(selfName)?.update;
  const ends = graceEnds(suspicion, config, own === undefined ? NON_OBSERVER_GRACES : 1);
  const refusalDeadAt = own?.evidence === "refused" ? ends.refusal : NEVER;
  const accusers = tally.accusers.length;
  if (accusers === 0) return { refusalDeadAt, silenceDeadAt: NEVER };
  if (suspicion.quorumSince !== undefined) return { refusalDeadAt, silenceDeadAt: ends.silence };
  const { quorum } = tally;
  const facts = { unitMs: config.suspicionUnitMs, members: table.presentCount, accusers, quorum };
  return { refusalDeadAt, silenceDeadAt: suspicion.startedAt + timeoutMs(facts) };
}

/**
 * How long a suspicion without a quorum runs before it is a death (Lifeguard §IV-B): between
 * 4·log10(n) and six times that many units, shorter with each further accuser, at its minimum
 * when they are the quorum.
 */
export function timeoutMs(facts: {
  readonly unitMs: Millis;
  readonly members: number;
  readonly accusers: number;
  readonly quorum: number;
}): Millis {
  const min = LIFEGUARD_MULTIPLIER * Math.max(1, Math.log10(facts.members)) * facts.unitMs;
  const max = LIFEGUARD_MAX_FACTOR * min;
  const expected = Math.max(1, facts.quorum - 1);
  const share = Math.log(facts.accusers) / Math.log(expected + 1);
  return Math.max(min, max - (max - min) * Math.max(0, share));
}
