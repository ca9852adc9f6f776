import { isPair } from "../detection/connectivity-gate.ts";
import type { Subject } from "../detection/subject.ts";
import { isOfGoneProcess, type MemberName, type Millis } from "../member.ts";
import type { Member } from "../membership/table.ts";
import { sortByName } from "../name-order.ts";
import { NEVER } from "../primitives/deadlines.ts";
import { hashToHex } from "../primitives/hash.ts";
import type {
  MemberExplanation,
  MemberSnapshot,
  NodeSnapshot,
  SuspicionSnapshot,
} from "../snapshot.ts";
import { tallyQuorum } from "../suspicion/quorum.ts";
import { kindOf } from "../suspicion/silence-kind.ts";
import type { Suspicion } from "../suspicion/suspicion.ts";
import { deadAt } from "../suspicion/verdict-deadlines.ts";
import type { Components } from "./components.ts";

/** The whole node at one moment; changes nothing. */
export function snapshotNode(parts: Components, now: Millis): NodeSnapshot {
  const { self, config, table, isolation, localHealth } = parts;
  const known = table.members.filter(({ state }) => state !== "forgotten");
  return {
    self: self.record,
    phase: self.phase,
    profile: config.profile,
    viewDigest: hashToHex(table.digest),
    isolated: isolation.isIsolated,
    notYet: parts.readiness.notYet,
    localHealth: localHealth.score,
    phiSuspect: config.phiSuspect,
    stalls: { ...parts.stalls.totals },
    queues: {
      updatesOwed: parts.dissemination.size,
      suspicions: parts.suspicions.count,
      relays: parts.relays.count,
      noticesOwed: parts.userMessageQueue.owed,
    },
    members: sortByName(known, ({ name }) => name).map((member) =>
      snapshotMember(parts, member, now),
    ),
  };
}

/** All that this node can say about one member, or undefined when it knows none of that name. */
export function explainMember(
  parts: Components,
  name: MemberName,
  now: Millis,
): MemberExplanation | undefined {
  const member = parts.table.get(name);
  if (member === undefined || member.state === "forgotten") return undefined;
  const subject = parts.prober.get(name);
  return {
    ...snapshotMember(parts, member, now),
    detector: subject?.detector.explain(now) ?? null,
    probe: subject === undefined ? null : explainProbe(parts, subject, now),
    observers: parts.observers.observersOf(member).map((observer) => observer.name),
    suspicion: explainSuspicion(parts, member, now),
  };
}

function snapshotMember(parts: Components, member: Member, now: Millis): MemberSnapshot {
  const { prober, suspicions } = parts;
  const { name, record, state } = member;
  const subject = prober.get(name);
  const accusations = suspicions.get(name)?.all ?? [];
  return {
    record,
    state,
    stateForMs: Math.max(0, now - member.since),
    observed: subject !== undefined,
    phi: prober.phi(name, now),
    slowness: subject?.slowness(now) ?? null,
    waitingMs: subject?.waitingMs(now) ?? null,
    lastHeardMs: parts.lastHeard.heardAgoMs(name, now),
    rttMs: subject?.roundTrip.estimate ?? null,
    reachedThrough: subject?.reachedThrough ?? null,
    accusers: accusations.map(({ update }) => update.accuser),
    silence: kindOf(accusations, isPair(parts.table)),
    refused:
      member.wasRefused || accusations.some(({ update }) => isOfGoneProcess(update.evidence)),
  };
}

function explainProbe(
  parts: Components,
  subject: Subject,
  now: Millis,
): NonNullable<MemberExplanation["probe"]> {
  const { round, refusals, kernel } = subject;
  const closed = kernel.hasEndedBefore(now) ? "closed" : null;
  return {
    pingsUnanswered: subject.pingsUnanswered,
    refusals: refusals.inARow,
    refusalsMutedForMs: parts.kernels.mutedForMs(subject, now),
    wire: kernel.isWireOpen ? "open" : closed,
    turnInMs: subject.isResting ? Math.max(0, subject.pingAt - now) : null,
    round:
      round === undefined
        ? null
        : {
            startedMs: now - round.startedAt,
            helpers: [...round.helpers],
            nacks: [...round.nacks],
            repeats: round.repeats,
          },
  };
}

function explainSuspicion(
  parts: Components,
  member: Member,
  now: Millis,
): SuspicionSnapshot | null {
  const { suspicions, suspicionContext: context } = parts;
  const open = suspicions.get(member.name);
  const last = suspicions.lastEnded(member.name);
  const suspicion = open ?? last?.suspicion;
  if (suspicion === undefined) return null;
  const tally = tallyQuorum(suspicion, member, context, now);
  const dueAt = open === undefined ? NEVER : deadAt(suspicion, tally, context);
  const isOver = open === undefined && last !== undefined;
  return {
    rule: "quorum",
    startedMs: now - suspicion.startedAt,
    accusations: accusationsOf(suspicion, now),
    quorum: tally.quorum,
    quorumForMs: suspicion.quorumSince === undefined ? null : now - suspicion.quorumSince,
    deadInMs: dueAt === NEVER ? null : Math.max(0, dueAt - now),
    ended: isOver ? { how: last.how, agoMs: now - last.at } : null,
  };
}

function accusationsOf(suspicion: Suspicion, now: Millis): SuspicionSnapshot["accusations"] {
  return suspicion.all.map(({ update, at }) => ({
    accuser: update.accuser,
    evidence: update.evidence,
    phi: update.phi,
    agoMs: now - at,
  }));
}
