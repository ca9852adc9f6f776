import type { NodeConfig } from "../config.ts";
import { isPair, mayDeclare } from "../detection/accusation-gate.ts";
import {
  isPresent,
  type KindOfSilence,
  type MemberName,
  type Millis,
  type VerdictCause,
} from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { LastHeard } from "../observing/last-heard.ts";
import { type Observers, WATCH_ALL_MAX } from "../observing/observers.ts";
import { crashedOf, isRefusalQuorum, needsSecondRefusal, refusedOf } from "./refusal-quorum.ts";
import { silenceKindOf } from "./silence-kind.ts";
import type { Accusation, Suspicion } from "./suspicion.ts";
import { deadlinesOf } from "./verdict-deadlines.ts";

/** In a small cluster, where everybody observes everybody, no more than so many need to agree. */
const SMALL_QUORUM_MAX = 4;

/** How often in a period all suspicions are evaluated anew. */
const EVALUATIONS_PER_PERIOD = 8;

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

/** Why a suspect is dead. */
export interface DeathVerdict {
  readonly cause: Exclude<VerdictCause, "leave" | "forget">;
  /** One clause for people. */
  readonly reason: string;
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
 * Re-evaluates one suspicion: counts its quorum anew, starts or stops its graces, and returns the
 * verdict if its time has come (docs/protocol.md §12, rules 8 and 9; own, shown by
 * `hearsay sim --swarm --story verdict-partition`). That is done each T/8 (`nextEvaluationAt`), and
 * at once when an accusation came or a grace ended. Refusals by two are facts and pass
 * by the gate that holds back verdicts on silence.
 */
export function evaluateSuspicion(
  suspicion: Suspicion,
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): DeathVerdict | undefined {
  const tally = tallyQuorum(suspicion, subject, context, now);
  const { accusers, liveObservers, quorum, kind } = tally;
  const hasQuorum = accusers.length >= quorum;
  const since = (clock: Millis | undefined, isRunning: boolean): Millis | undefined =>
    isRunning ? (clock ?? now) : undefined;
  suspicion.crashQuorumSince = since(suspicion.crashQuorumSince, tally.hasCrashQuorum);
  suspicion.refusalQuorumSince = since(suspicion.refusalQuorumSince, tally.hasRefusalQuorum);
  suspicion.quorumSince = since(suspicion.quorumSince, hasQuorum);
  suspicion.unfrozenSince = since(suspicion.unfrozenSince, hasQuorum && kind !== "frozen");
  const isUnreachable = hasQuorum && kind === "unreachable";
  suspicion.unreachableSince = since(suspicion.unreachableSince, isUnreachable);
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

/** When all quorums are counted anew: observers fall silent themselves. */
export function nextEvaluationAt({ probeIntervalMs }: NodeConfig, now: Millis): Millis {
  return now + probeIntervalMs / EVALUATIONS_PER_PERIOD;
}

/**
 * Counts the accusers that are still present against the observers that are still live: both change
 * while a suspicion runs (docs/protocol.md §12, rule 9).
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
