import type { Subject } from "../../core/detection/subject.ts";
import type {
  AccusationReason,
  MemberName,
  MemberRecord,
  Millis,
  NotYet,
  ViewEntry,
} from "../../core/member.ts";
import type { MemberExplanation, MemberSnapshot, NodeSnapshot } from "../../core/snapshot.ts";
import type { PushPull } from "../wire/messages.ts";
import type { CutOff } from "./cut-off.ts";
import type { Paths } from "./paths.ts";
import type { PoolAccusers } from "./pool-accusers.ts";
import type { PoolConfig } from "./pool-config.ts";
import type { PoolProber } from "./pool-prober.ts";
import type { PoolRow } from "./pool-row.ts";
import type { PoolTable } from "./pool-table.ts";

/** What is read of a watcher. */
export interface PoolSnapshotParts {
  readonly self: MemberRecord;
  readonly config: PoolConfig;
  readonly table: PoolTable;
  readonly prober: PoolProber;
  readonly accusers: PoolAccusers;
  readonly paths: Paths;
  readonly cutOff: CutOff;
  readonly notYet: NotYet | null;
  readonly stalls: NodeSnapshot["stalls"];
}

/** The whole pool at one moment; changes nothing. The guest itself is not among the members. */
export function snapshotPool(parts: PoolSnapshotParts, now: Millis): NodeSnapshot {
  const { self, config, table, cutOff, accusers } = parts;
  return {
    self,
    phase: "running",
    profile: "guest",
    viewDigest: table.digest,
    isolated: cutOff.isCutOff,
    notYet: parts.notYet,
    localHealth: 0,
    phiSuspect: config.phiSuspect,
    stalls: parts.stalls,
    queues: { updatesOwed: 0, suspicions: accusers.count, relays: 0, noticesOwed: 0 },
    members: table.sorted.map((row) => snapshotRow(parts, row, now)),
  };
}

/** All that is known of one member, or undefined for one that is in no list. */
export function explainRow(
  parts: PoolSnapshotParts,
  name: MemberName,
  now: Millis,
): MemberExplanation | undefined {
  const { table, prober, accusers, cutOff, paths } = parts;
  const row = table.get(name);
  if (row === undefined) return undefined;
  const subject = prober.get(name);
  return {
    ...snapshotRow(parts, row, now),
    detector: subject?.detector.explain(now) ?? null,
    probe: subject === undefined ? null : explainProbe(subject),
    // memberlist's members ping each other in turn: nobody watches anybody in particular.
    observers: [],
    suspicion: accusers.explain(name, cutOff.why === undefined, now),
    paths: paths.reports(now, name),
  };
}

/** A view as it came, for whoever asked for it. */
export function viewEntries(members: PushPull["members"]): readonly ViewEntry[] {
  return members.map(({ record: { name, incarnation }, state }) => ({
    ...{ name, state, incarnation },
    // A view says what is believed, and not on what it rests.
    ...{ heardAgoMs: null, phi: null },
  }));
}

function snapshotRow(parts: PoolSnapshotParts, row: PoolRow, now: Millis): MemberSnapshot {
  const { config, table, prober, accusers, paths } = parts;
  const { name, state, since, heardAt } = row;
  const subject = prober.get(name);
  const refused = prober.isRefused(name);
  const isSilent = !refused && prober.isSilent(name, now);
  // It owed this guest an answer since then; that others heard it before says nothing.
  const silentSince = (heardAt ?? Number.NEGATIVE_INFINITY) + config.probeIntervalMs;
  return {
    record: table.recordOf(row),
    state,
    stateForMs: Math.max(0, now - since),
    observed: subject !== undefined,
    phi: subject?.phi(now) ?? null,
    slowness: subject?.slowness(now) ?? null,
    waitingMs: subject?.waitingMs(now) ?? null,
    lastHeardMs: heardAt === undefined ? null : now - heardAt,
    rttMs: subject?.roundTrip.estimate ?? null,
    reachedThrough: isSilent ? paths.throughTo(name, silentSince, now) : null,
    accusers: accusers.accusersOf(name),
    silence: silenceOf(row, refused),
    refused,
  };
}

/** The pool knows of nothing but silence; a refusal is this guest's own evidence, and a fact. */
function silenceOf({ state }: PoolRow, isRefused: boolean): AccusationReason | null {
  if (isRefused) return "refused";
  return state === "suspect" ? "silence" : null;
}

function explainProbe(subject: Subject): NonNullable<MemberExplanation["probe"]> {
  return {
    pingsUnanswered: subject.pingsUnanswered,
    refusals: subject.refusals.inARow,
    refusalsMutedForMs: 0,
    wire: null,
    turnInMs: null,
    round: null,
  };
}
