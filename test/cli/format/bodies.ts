import type { ExplainBody, MemberBody, MembersBody } from "../../../src/control/api-types.ts";

/** A member as the API tells it, alive and well unless told otherwise. */
export function memberBody(name: string, over: Partial<MemberBody> = {}): MemberBody {
  return {
    name,
    address: "127.0.0.1:7001",
    api: "127.0.0.1:8001",
    state: "alive",
    stateForMs: 60_000,
    cause: "joined",
    refused: false,
    silence: null,
    certainty: null,
    incarnation: 4,
    version: "0.1.0",
    phi: 0.4,
    lastHeardMs: 120,
    slowness: 0,
    waitingMs: null,
    rttMs: 0.42,
    rttDeviationMs: 0.11,
    observed: true,
    reachedThrough: null,
    accusers: [],
    tags: {},
    services: [],
    ...over,
  };
}

export function membersBody(members: readonly MemberBody[]): MembersBody {
  return {
    v: 1,
    self: "n1",
    index: 9,
    viewDigest: "9c1f00000000beef",
    isolated: false,
    notYet: null,
    members,
  };
}

/** A member that answers, and whose wire is open. */
export const PROBE: NonNullable<ExplainBody["probe"]> = {
  pingsUnanswered: 0,
  refusals: 0,
  refusalsMutedForMs: 0,
  wire: "open",
  turnInMs: null,
  round: null,
};

/** A suspicion that nobody raised yet. */
export const SUSPICION: NonNullable<ExplainBody["suspicion"]> = {
  rule: "quorum",
  startedMs: 900,
  accusations: [],
  quorum: 2,
  quorumForMs: null,
  deadInMs: null,
  ended: null,
};

export function explainBody(name: string, over: Partial<ExplainBody> = {}): ExplainBody {
  return {
    ...memberBody(name),
    v: 1,
    self: "n1",
    startId: "6900000000112233aabbccdd",
    detector: {
      intervalsMs: [200, 201, 199],
      meanMs: 200,
      deviationMs: 20,
      atFloor: true,
      phiSuspect: 8,
      suspectedInMs: 310,
    },
    probe: PROBE,
    observers: ["n1", "n2"],
    suspicion: null,
    history: [],
    ...over,
  };
}
