import type { NodeConfig } from "../config.ts";
import { isPair } from "../detection/accusation-gate.ts";
import { isPresent, type KindOfSilence, type MemberName, type Millis } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import { type Observers, WATCH_ALL_MAX } from "../observing/observers.ts";
import { crashedOf, isRefusalQuorum, needsSecondRefusal, refusedOf } from "./refusal-quorum.ts";
import { silenceKindOf } from "./silence-kind.ts";
import type { Accusation, Suspicion } from "./suspicion.ts";

/** In a small cluster, where everybody observes everybody, no more than so many need to agree. */
const SMALL_QUORUM_MAX = 4;

/** What is known when a suspicion is evaluated. */
export interface SuspicionContext {
  readonly config: NodeConfig;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly lastHeard: LastHeard;
  readonly isIsolated: () => boolean;
  readonly isSilent: (member: MemberName, now: Millis) => boolean;
  /** Whether somebody other than this node accuses the member. */
  readonly isAccusedByOthers: (member: MemberName) => boolean;
  /** Whether the member's host refuses this node's pings. */
  readonly isRefused: (member: MemberName, now: Millis) => boolean;
  /** So many refuse that the fault may be this node's own. */
  readonly doubtsRefusals: (now: Millis) => boolean;
}

/** The accusers of a subject, counted against its observers at one moment. */
export interface QuorumTally {
  readonly isPair: boolean;
  /** The accusers that are still present. */
  readonly accusers: readonly Accusation[];
  /** The observers that may be waited for: alive, and not silent here. */
  readonly liveObservers: readonly Member[];
  /** How many accusers are needed. */
  readonly quorum: number;
  /** Enough saw that the process is gone. */
  readonly hasRefusalQuorum: boolean;
  /** And one of them saw its wire end as well. */
  readonly hasCrashQuorum: boolean;
  /** What they know together of its silence. */
  readonly kind: KindOfSilence;
}

/**
 * Counts the accusers that are still present against the observers that are still live: both change
 * while a suspicion runs (docs/protocol.md §12, rule 9). When it is counted again stands in
 * `evaluation-schedule.ts`.
 */
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
  const needsSecond = (): boolean => needsSecondRefusal(subject, context, now);
  const hasRefusalQuorum = isRefusalQuorum(refusedOf(accusers).length, pair, needsSecond);
  const hasCrashQuorum = hasRefusalQuorum && crashedOf(accusers).length > 0;
  const kind = silenceKindOf(accusers, pair);
  return { isPair: pair, accusers, liveObservers, quorum, hasRefusalQuorum, hasCrashQuorum, kind };
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
