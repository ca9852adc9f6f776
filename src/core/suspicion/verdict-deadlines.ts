import type { SuspicionConfig } from "../config.ts";
import { isOfGoneProcess, type Millis } from "../member.ts";
import { NEVER } from "../primitives/deadlines.ts";
import type { QuorumTally } from "./quorum.ts";
import type { Suspicion } from "./suspicion.ts";
import type { SuspicionContext } from "./suspicion-context.ts";

const LIFEGUARD_MULTIPLIER = 4;
const LIFEGUARD_MAX_FACTOR = 6;

/** When a suspicion becomes a death if nothing changes; NEVER for what does not run. */
interface VerdictDeadlines {
  readonly crashDeadAt: Millis;
  readonly refusalDeadAt: Millis;
  readonly silenceDeadAt: Millis;
}

/** When the suspicion is a death if nothing changes; NEVER while its clocks stand still. */
export function deadAt(
  suspicion: Suspicion,
  tally: QuorumTally,
  context: SuspicionContext,
): Millis {
  const { crashDeadAt, refusalDeadAt, silenceDeadAt } = deadlinesOf(suspicion, tally, context);
  return Math.min(crashDeadAt, refusalDeadAt, silenceDeadAt);
}

/** When any grace of a suspicion may end: the moments at which it has to be looked at. */
export function graceEnds(suspicion: Suspicion, config: SuspicionConfig): readonly Millis[] {
  return [
    (suspicion.crashQuorumSince ?? NEVER) + config.crashGraceMs,
    (suspicion.refusalQuorumSince ?? NEVER) + config.refusalGraceMs,
    ...silenceEnds(suspicion, config),
  ];
}

/** By the kind of the silence, that of the whole suspicion last. */
function silenceEnds(
  { unreachableSince, unfrozenSince, quorumSince }: Suspicion,
  config: SuspicionConfig,
): readonly Millis[] {
  return [
    (unreachableSince ?? NEVER) + config.unreachableGraceMs,
    (unfrozenSince ?? NEVER) + config.graceMs,
    (quorumSince ?? NEVER) + config.frozenGraceMs,
  ];
}

/**
 * The one place that counts deadlines. They run only at a node that accuses: any other hears of the
 * verdict. That the process is gone counts with this node's own evidence of it; of silence it waits
 * one grace, by its kind; without a quorum Lifeguard's timer runs, for a frozen member no shorter
 * than its grace.
 */
export function deadlinesOf(
  suspicion: Suspicion,
  { accusers, quorum, kind }: QuorumTally,
  { config, selfName, table }: SuspicionContext,
): VerdictDeadlines {
  const own = suspicion.get(selfName)?.update;
  if (own === undefined) return { crashDeadAt: NEVER, refusalDeadAt: NEVER, silenceDeadAt: NEVER };
  const isWitness = isOfGoneProcess(own.evidence);
  const facts = {
    crashDeadAt: isWitness ? (suspicion.crashQuorumSince ?? NEVER) + config.crashGraceMs : NEVER,
    refusalDeadAt: isWitness
      ? (suspicion.refusalQuorumSince ?? NEVER) + config.refusalGraceMs
      : NEVER,
  };
  if (suspicion.quorumSince !== undefined) {
    return { ...facts, silenceDeadAt: Math.min(...silenceEnds(suspicion, config)) };
  }
  const members = table.presentCount;
  const unitMs = config.suspicionUnitMs;
  const waitMs = timeoutMs({ unitMs, members, accusers: accusers.length, quorum });
  const leastMs = kind === "frozen" ? config.frozenGraceMs : 0;
  return { ...facts, silenceDeadAt: suspicion.startedAt + Math.max(waitMs, leastMs) };
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
