import type { NodeConfig } from "../config.ts";
import { isPresent, type MemberName, type Millis, type VerdictCause } from "../member.ts";
import type { Member, MembershipTable } from "../membership/table.ts";
import type { Evidence } from "../observing/last-heard.ts";
import { type Observers, WATCH_ALL_MAX } from "../observing/observers.ts";
import { NEVER } from "../primitives/deadlines.ts";
import {
  type Accusation,
  isRefusalQuorum,
  quorumOf,
  refusedOf,
  type Suspicion,
  timeoutMs,
} from "./suspicion.ts";

/**
 * A node that is no accuser itself leaves the declaration to those who are for this many graces.
 */
const NON_OBSERVER_GRACES = 3;

/** What is known when a suspicion is judged. */
export interface SuspicionContext {
  readonly config: NodeConfig;
  readonly selfName: MemberName;
  readonly table: MembershipTable;
  readonly observers: Observers;
  readonly evidence: Evidence;
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
export interface Verdict {
  readonly cause: Extract<VerdictCause, "quorum" | "timeout" | "refusal">;
  /** One clause for people. */
  readonly reason: string;
}

/** How things stand between a subject and its accusers. */
export interface QuorumTally {
  readonly isPair: boolean;
  readonly accusers: readonly Accusation[];
  readonly liveObservers: readonly Member[];
  readonly quorum: number;
  readonly hasRefusalQuorum: boolean;
}

/** Judges one suspicion and starts or stops its clocks; the verdict, if its time has come. */
export function evaluateSuspicion(
  suspicion: Suspicion,
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): Verdict | undefined {
  const tally = tallyQuorum(suspicion, subject, context, now);
  const { accusers, liveObservers, quorum } = tally;
  const hasQuorum = accusers.length >= quorum;
  suspicion.refusalQuorumSince = tally.hasRefusalQuorum
    ? (suspicion.refusalQuorumSince ?? now)
    : undefined;
  suspicion.quorumSince = hasQuorum ? (suspicion.quorumSince ?? now) : undefined;
  if (now >= refusalDeadAt(suspicion, context)) {
    const refused = refusedOf(accusers).length;
    const reason = `refused by its host, say ${refused} of ${count(accusers, "accuser")}`;
    return { cause: "refusal", reason };
  }
  if (now < silenceDeadAt(suspicion, tally, context) || !mayDeclare(tally.isPair, context, now)) {
    return undefined;
  }
  if (hasQuorum) {
    const live = count(liveObservers, "live observer");
    const reason = `${count(accusers, "accuser")}, ${live}, quorum ${quorum}`;
    return { cause: "quorum", reason };
  }
  return { cause: "timeout", reason: `no refutation in ${seconds(now - suspicion.startedAt)}` };
}

/** Counts the accusers that are still present against the live observers. */
export function tallyQuorum(
  suspicion: Suspicion,
  subject: Member,
  context: SuspicionContext,
  now: Millis,
): QuorumTally {
  const { selfName, table } = context;
  const isPair = table.presentCount === 2;
  const isLive = ({ name, state }: Member): boolean =>
    state === "alive" && !context.isSilent(name, now);
  const liveObservers = suspicion.initialObservers
    .flatMap((name) => table.get(name) ?? [])
    .filter(isLive);
  const accusers = suspicion.all.filter(({ update }) => {
    const accuser = table.get(update.accuser);
    return accuser !== undefined && isPresent(accuser.state);
  });
  const quorum = quorumOf(liveObservers.length, isPair, table.presentCount <= WATCH_ALL_MAX);
  const needsSecond = (): boolean =>
    context.isIsolated() ||
    context.doubtsRefusals(now) ||
    context.observers.observersOf(subject).some(({ name }) => name !== selfName && maySpeak(name));
  // This node's own suspicion is not a fact about others: what it measures and what they say is.
  const maySpeak = (name: MemberName): boolean =>
    !context.isSilent(name, now) &&
    !context.isRefused(name, now) &&
    !context.isAccusedByOthers(name);
  const hasRefusalQuorum = isRefusalQuorum(refusedOf(accusers).length, isPair, needsSecond);
  return { isPair, accusers, liveObservers, quorum, hasRefusalQuorum };
}

/** When the suspicion is a death if nothing changes; NEVER while its clocks stand still. */
export function deadAt(
  suspicion: Suspicion,
  tally: QuorumTally,
  context: SuspicionContext,
): Millis {
  return Math.min(refusalDeadAt(suspicion, context), silenceDeadAt(suspicion, tally, context));
}

function refusalDeadAt(suspicion: Suspicion, context: SuspicionContext): Millis {
  const isOurEvidence = suspicion.get(context.selfName)?.update.evidence === "refused";
  if (suspicion.refusalQuorumSince === undefined || !isOurEvidence) return NEVER;
  return suspicion.refusalQuorumSince + context.config.refusalGraceMs;
}

function silenceDeadAt(
  suspicion: Suspicion,
  tally: QuorumTally,
  context: SuspicionContext,
): Millis {
  const accusers = tally.accusers.length;
  if (accusers === 0) return NEVER;
  const { config, selfName, table } = context;
  if (suspicion.quorumSince !== undefined) {
    const graces = suspicion.has(selfName) ? 1 : NON_OBSERVER_GRACES;
    return suspicion.quorumSince + graces * config.graceMs;
  }
  const { quorum } = tally;
  const facts = { unitMs: config.suspicionUnitMs, members: table.presentCount, accusers, quorum };
  return suspicion.startedAt + timeoutMs(facts);
}

/** A node that hears nobody declares nobody: the fault may be its own. */
function mayDeclare(isPair: boolean, context: SuspicionContext, now: Millis): boolean {
  if (isPair) return true;
  const heardAt = context.evidence.anybodyAt;
  return (
    !context.isIsolated() &&
    heardAt !== undefined &&
    now - heardAt <= context.config.probeIntervalMs
  );
}

function count(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? "" : "s"}`;
}

function seconds(spanMs: Millis): string {
  return `${(spanMs / 1000).toFixed(1)} s`;
}
