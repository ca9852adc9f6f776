import {
  type AccusationReason,
  formatEndpoint,
  type MemberRecord,
  type Millis,
} from "../core/member.ts";
import type { MemberExplanation, MemberSnapshot, NodeSnapshot } from "../core/snapshot.ts";
import { certaintyOf, kindOfCause } from "../text/silence.ts";
import type { ExplainBody, MemberBody, MembersBody, SelfBody } from "./api-types.ts";
import type { KindCount, NodeApi } from "./node-api.ts";
import type { StateCause } from "./state-causes.ts";

const HISTORY_MAX = 20;

/** `GET /v1/members`. */
export function membersBody(node: NodeApi): MembersBody {
  const { members, ...head } = lazyMembersBody(node);
  return { ...head, members: [...members] };
}

/** The same at this moment, but for the members: each is put together when it is asked for. */
export function lazyMembersBody(node: NodeApi) {
  const snapshot = node.snapshot();
  // What is read of the node between two members would be of another moment.
  const members = snapshot.members.map(
    (member) => [member, node.causes.of(member.record.name)] as const,
  );
  return {
    v: 1,
    self: snapshot.self.name,
    index: node.events.newest,
    viewDigest: snapshot.viewDigest,
    isolated: snapshot.isolated,
    notYet: snapshot.notYet,
    members: memberBodies(members, node),
  } satisfies Omit<MembersBody, "members"> & { readonly members: Iterable<MemberBody> };
}

function* memberBodies(
  members: readonly (readonly [MemberSnapshot, StateCause])[],
  node: NodeApi,
): Generator<MemberBody, void> {
  for (const [member, cause] of members) {
    const body = memberBody(member, cause, node);
    if (body !== undefined) yield body;
  }
}

/** `GET /v1/members/:name`; undefined for a member that is not known or was forgotten. */
export function explainBody(node: NodeApi, name: string): ExplainBody | undefined {
  const explanation = node.explain(name);
  const member = explanation && memberBody(explanation, node.causes.of(name), node);
  if (explanation === undefined || member === undefined) return undefined;
  return {
    v: 1,
    self: node.identity.name,
    ...member,
    startId: explanation.record.startId,
    detector: detectorBody(explanation),
    probe: explanation.probe,
    observers: explanation.observers,
    suspicion: explanation.suspicion,
    ...(explanation.paths && { paths: explanation.paths }),
    history: node.events.newestAbout(name, HISTORY_MAX),
  };
}

/** `GET /v1/self`. */
export function selfBody(node: NodeApi): SelfBody {
  const snapshot = node.snapshot();
  const { name, startId, address, api, pid, version, cluster, probeIntervalMs } = node.identity;
  const { receiveBufferBytes } = node.identity;
  return {
    v: 1,
    name,
    startId,
    incarnation: snapshot.self.incarnation,
    address,
    api,
    pid,
    version,
    profile: snapshot.profile,
    cluster,
    phase: snapshot.phase,
    time: new Date().toISOString(),
    uptimeMs: Math.round(node.uptimeMs()),
    viewDigest: snapshot.viewDigest,
    isolated: snapshot.isolated,
    notYet: snapshot.notYet,
    localHealth: snapshot.localHealth,
    phiSuspect: snapshot.phiSuspect,
    probeIntervalMs,
    stalls: snapshot.stalls,
    loopLagP99Ms: node.loopLagP99Ms(),
    receiveBufferBytes,
    faults: { allowed: node.faults !== undefined, rules: node.faults?.read().rules.length ?? 0 },
    encryption: node.encryption(),
    tags: snapshot.self.tags,
    services: snapshot.self.services,
    panics: node.directory.panics().map((panic) => ({ ...panic, share: rounded(panic.share, 3) })),
    counts: countStates(snapshot),
    traffic: trafficBody(node),
  };
}

/** Members by state; forgotten ones are no members. */
export function countStates(snapshot: NodeSnapshot): SelfBody["counts"] {
  const counts = { alive: 0, suspect: 0, dead: 0, left: 0 };
  for (const { state } of snapshot.members) if (state !== "forgotten") counts[state] += 1;
  return counts;
}

/** Where the API of a member is: this node's own, which the others may not be told, is where it was asked. */
export function apiAddressOf({ name, api }: MemberRecord, { identity }: NodeApi) {
  return name === identity.name ? identity.api : api;
}

function memberBody(
  member: MemberSnapshot,
  { cause, refused }: StateCause,
  node: NodeApi,
): MemberBody | undefined {
  const { record, state } = member;
  if (state === "forgotten") return undefined;
  const silence = silenceOf(member, { cause, refused: refused || member.refused });
  return {
    name: record.name,
    address: formatEndpoint(record.endpoint),
    api: apiAddressOf(record, node),
    state,
    stateForMs: Math.round(member.stateForMs),
    version: record.version ?? null,
    cause,
    refused: refused || member.refused,
    silence,
    certainty: silence === null ? null : certaintyOf(silence),
    incarnation: record.incarnation,
    phi: member.phi === null ? null : rounded(member.phi, 2),
    slowness: member.slowness === null ? null : rounded(member.slowness, 2),
    waitingMs: member.waitingMs === null ? null : Math.round(member.waitingMs),
    lastHeardMs: member.lastHeardMs === null ? null : Math.round(member.lastHeardMs),
    rttMs: member.rttMs === null ? null : rounded(member.rttMs.mean, 3),
    rttDeviationMs: member.rttMs === null ? null : rounded(member.rttMs.deviation, 3),
    observed: member.observed,
    reachedThrough: member.reachedThrough,
    accusers: member.accusers,
    tags: record.tags,
    services: record.services,
  };
}

/** Of a dead member its verdict tells; one that was dead before this node knew it may have been refused. */
function silenceOf(
  { state, silence }: Pick<MemberSnapshot, "state" | "silence">,
  { cause, refused }: StateCause,
): AccusationReason | null {
  if (state !== "dead") return silence;
  return kindOfCause(cause) ?? (refused ? "refused" : null);
}

function detectorBody({ detector }: MemberExplanation): ExplainBody["detector"] {
  if (detector === null) return null;
  return {
    ...detector,
    intervalsMs: detector.intervalsMs.map((interval) => rounded(interval, 1)),
    meanMs: rounded(detector.meanMs, 1),
    deviationMs: rounded(detector.deviationMs, 1),
    suspectedInMs: Math.round(detector.suspectedInMs),
  };
}

function trafficBody(node: NodeApi): SelfBody["traffic"] {
  const { received, sent, dropped, sendErrors, wiring } = node.traffic();
  return {
    datagramsIn: total(received, (count) => count.datagrams),
    datagramsOut: total(sent, (count) => count.datagrams),
    pingsOut: sent.ping?.datagrams ?? 0,
    bytesIn: total(received, (count) => count.bytes),
    bytesOut: total(sent, (count) => count.bytes),
    dropped,
    sendErrors,
    wiring,
  };
}

function total(
  counts: Readonly<Record<string, KindCount>>,
  pick: (count: KindCount) => number,
): number {
  return Object.values(counts).reduce((sum, count) => sum + pick(count), 0);
}

function rounded(value: number | Millis, digits: number): number {
  return Number(value.toFixed(digits));
}
