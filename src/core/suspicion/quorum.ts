import { isPair } from "../detection/connectivity-gate.ts";
import { isPresent, type KindOfSilence, type Millis } from "../member.ts";
import type { Member } from "../membership/table.ts";
import { WATCH_ALL_MAX } from "../observing/observers.ts";
import { crashedOf, isRefusalQuorum, needsSecondRefusal, refusedOf } from "./refusal-quorum.ts";
import { silenceKindOf } from "./silence-kind.ts";
import type { Accusation, Suspicion } from "./suspicion.ts";
import type { SuspicionContext } from "./suspicion-context.ts";

/** How often in a period the quorums of all suspicions are recounted. */
export const EVALUATIONS_PER_PERIOD = 8;

/** In a small cluster, where everybody observes everybody, no more than so many need to agree. */
const SMALL_QUORUM_MAX = 4;

/** The accusers of a subject, counted against its observers at one moment. */
export interface QuorumTally {
  readonly isPair: boolean;
  /** The accusers that are still present. */
  readonly accusers: readonly Accusation[];
  /** The observers that may be waited for: alive, and not silent here. */
  readonly liveObservers: readonly Member[];
  /** How many accusers are needed; and whether there are so many. */
  readonly quorum: number;
  readonly hasQuorum: boolean;
  /** Enough saw that the process is gone. */
  readonly hasRefusalQuorum: boolean;
  /** And one of them saw its wire end as well. */
  readonly hasCrashQuorum: boolean;
  /** What they know together of its silence. */
  readonly kind: KindOfSilence;
}

/** Why the quorum of one suspicion may have to be recounted. */
interface RecountFacts {
  /** The next recount of all suspicions, T/8 after the last. */
  readonly allAt: Millis;
  /** An accusation came since the last recount. */
  readonly isAccusedAnew: boolean;
  /** The first end of one of its graces after the last recount. */
  readonly graceEndsAt: Millis;
}

/**
 * When a quorum is re-evaluated (docs/protocol.md §12, rule 9; own, in place of the timeout of SWIM
 * §4.2; shown by `scenarios/minority-of-two.yaml`): each T/8, and at once when an accusation came or
 * a grace ended. No change of a member triggers it; the next recount finds accusers that are gone
 * and observers that fell silent. `suspicion-timer.ts` keeps the times.
 */
export function isRecountDue(
  { allAt, isAccusedAnew, graceEndsAt }: RecountFacts,
  now: Millis,
): boolean {
  return isAccusedAnew || now >= allAt || now >= graceEndsAt;
}

/**
 * How a quorum is re-evaluated (docs/protocol.md §12, rules 8 and 9; own): the accusers that are
 * present are counted against the live ones of the observers that the subject had when the
 * suspicion began. A clock starts when its condition comes true and stops when that ends, so that a
 * quorum lost and found waits its whole grace. What comes of it stands in `verdict.ts`.
 */
export function recountQuorum(
  suspicion: Suspicion,
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): QuorumTally {
  const tally = tallyQuorum(suspicion, subject, context, now);
  const { hasQuorum, kind } = tally;
  const since = (clock: Millis | undefined, isRunning: boolean): Millis | undefined =>
    isRunning ? (clock ?? now) : undefined;
  suspicion.crashQuorumSince = since(suspicion.crashQuorumSince, tally.hasCrashQuorum);
  suspicion.refusalQuorumSince = since(suspicion.refusalQuorumSince, tally.hasRefusalQuorum);
  suspicion.quorumSince = since(suspicion.quorumSince, hasQuorum);
  suspicion.unfrozenSince = since(suspicion.unfrozenSince, hasQuorum && kind !== "frozen");
  const isUnreachable = hasQuorum && kind === "unreachable";
  suspicion.unreachableSince = since(suspicion.unreachableSince, isUnreachable);
  return tally;
}

/** Counts the accusers that are present against the observers that are live; changes nothing. */
export function tallyQuorum(
  suspicion: Suspicion,
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): QuorumTally {
  const { table } = context;
  const pair = isPair(table);
  const isLive = ({ name, state }: Member): boolean =>
    state === "alive" && !context.isSilent(name, now);
  const liveObservers = suspicion.initialObservers
    .flatMap((name) => table.get(name) ?? [])
    .filter(isLive);
  const accusers = suspicion.all.filter(({ update }) => {
    const accuser = table.get(update.accuser);
    return accuser !== undefined && isPresent(accuser.state);
  });
  const quorum = quorumOf(liveObservers.length, pair, table.presentCount <= WATCH_ALL_MAX);
  const hasQuorum = accusers.length >= quorum;
  const needsSecond = (): boolean => needsSecondRefusal(subject, context, now);
  const hasRefusalQuorum = isRefusalQuorum(refusedOf(accusers).length, pair, needsSecond);
  const hasCrashQuorum = hasRefusalQuorum && crashedOf(accusers).length > 0;
  const kind = silenceKindOf(accusers, pair);
  const quorums = { quorum, hasQuorum, hasRefusalQuorum, hasCrashQuorum };
  return { isPair: pair, accusers, liveObservers, ...quorums, kind };
}

/**
 * How many distinct accusers make a quorum among so many live observers: half of them, 2 at least,
 * 4 at most in a small cluster, and 1 in a pair (docs/protocol.md §12, rule 8).
 */
export function quorumOf(liveObservers: number, isPair: boolean, isSmall: boolean): number {
  if (isPair) return 1;
  const majority = Math.max(2, Math.ceil(liveObservers / 2));
  return isSmall ? Math.min(SMALL_QUORUM_MAX, majority) : majority;
}
