import type {
  EventBody,
  ExplainBody,
  MemberBody,
  MembersBody,
  SelfBody,
  ViewBody,
  ViewsBody,
} from "../../../src/control/api-types.ts";
import {
  type DashboardState,
  emptyState,
  updateState,
} from "../../../src/viewing/watched-state.ts";
import {
  membersBody as bodyOf,
  explainBody,
  memberBody,
  PROBE,
  SUSPICION,
} from "../format/bodies.ts";

/** The moment of every frame; the frames are drawn in UTC. */
export const NOW_MS = Date.parse("2026-11-26T12:04:31.250Z");

export const START_ID = "6b0365250fb7c911b88c74b2";

export function member(name: string, parts: Partial<MemberBody> = {}): MemberBody {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0);
  return memberBody(name, {
    address: `127.0.0.1:${7000 + number}`,
    api: `127.0.0.1:${8000 + number}`,
    incarnation: 1_795_384_783,
    ...{ lastHeardMs: 210, rttMs: 0.41, rttDeviationMs: 0.12 },
    ...parts,
  });
}

export function self(parts: Partial<SelfBody> = {}): SelfBody {
  return {
    v: 1,
    name: "n1",
    startId: START_ID,
    incarnation: 1_795_384_783,
    address: "127.0.0.1:7001",
    api: "127.0.0.1:8001",
    pid: 4711,
    version: "0.1.0",
    profile: "lan",
    cluster: "demo",
    phase: "running",
    time: "2026-11-22T12:00:00.000Z",
    uptimeMs: 252_000,
    viewDigest: "9c1f00112233aabb",
    isolated: false,
    notYet: null,
    localHealth: 0,
    phiSuspect: 8,
    probeIntervalMs: 1000,
    stalls: { count: 0, totalMs: 0, lastMs: 0 },
    loopLagP99Ms: 3,
    receiveBufferBytes: 4_194_304,
    faults: { allowed: false, rules: 0 },
    encryption: null,
    panics: [],
    tags: {},
    services: [],
    counts: { alive: 3, suspect: 1, dead: 1, left: 0 },
    traffic: {
      datagramsIn: 100,
      datagramsOut: 100,
      pingsOut: 50,
      bytesIn: 5000,
      bytesOut: 5000,
      dropped: {},
      sendErrors: {},
      wiring: {
        ...{ wires: 0, acceptedWires: 0, opened: 0, accepted: 0, wordless: 0 },
        ...{ failed: {}, dials: {}, turnedAway: {}, acceptErrors: {} },
      },
    },
    ...parts,
  };
}

export function changedEvent(
  name: string,
  to: MemberBody["state"],
  parts: Partial<Extract<EventBody, { event: "member-changed" }>> = {},
): EventBody {
  return {
    v: 1,
    index: 1,
    time: "2026-11-26T12:04:29.812Z",
    event: "member-changed",
    member: name,
    from: "alive",
    to,
    incarnation: 1_795_384_783,
    by: "n2",
    cause: "silence",
    reason: "silent",
    phi: 8.3,
    ...parts,
  };
}

/** What `viewer` tells of `members`, heard so long ago each (null: never yet, undefined: 100 ms); phi fits the silence. */
export function view(
  viewer: string,
  members: readonly Pick<MemberBody, "name" | "state">[],
  parts: Partial<ViewBody> & { readonly heard?: Readonly<Record<string, number | null>> } = {},
): ViewBody {
  const { heard = {}, ...rest } = parts;
  return {
    viewer,
    digest: "9c1f00112233aabb",
    ageMs: 300,
    copy: 1,
    reachable: true,
    entries: members.map(({ name, state }) => ({
      name,
      state,
      incarnation: 1_795_384_783,
      heardAgoMs: name in heard ? (heard[name] ?? null) : 100,
      phi: name === viewer ? null : (heard[name] ?? 0) > 1500 ? 12 : 0.3,
    })),
    ...rest,
  };
}

export function explanation(of: MemberBody, parts: Partial<ExplainBody> = {}): ExplainBody {
  return explainBody(of.name, {
    ...of,
    startId: START_ID,
    detector: {
      intervalsMs: Array.from({ length: 64 }, (_, at) => 1000 + 60 * Math.sin(at * 1.7)),
      meanMs: 1000,
      deviationMs: 100,
      atFloor: true,
      phiSuspect: 8,
      suspectedInMs: 161,
    },
    probe: { ...PROBE, pingsUnanswered: 1 },
    observers: ["n1", "n2", "n4", "n5"],
    ...parts,
  });
}

const QUORUM: ExplainBody["suspicion"] = {
  ...SUSPICION,
  startedMs: 1100,
  accusations: [
    { accuser: "n2", evidence: "silence", phi: 8.2, agoMs: 1100 },
    { accuser: "n1", evidence: "silence", phi: 8.4, agoMs: 1000 },
  ],
  quorumForMs: 1000,
  deadInMs: 1400,
};

/** `count` members of which the third is suspect and the last dead, as n1 sees them, with views, events and some past. */
export function troubledPicture(count: number): DashboardState {
  const members = Array.from({ length: count }, (_, at) => troubled(`n${at + 1}`, at, count));
  const views = members
    .filter(({ state }) => state !== "dead")
    .map(({ name }) =>
      view(name, members, {
        ageMs: name === "n1" ? 0 : 300,
        heard: { n3: name === "n4" ? 200 : 1600, [`n${count}`]: null },
      }),
    );
  const events: EventBody[] = [
    changedEvent(`n${count}`, "dead", {
      index: 1,
      cause: "refusal",
      reason: "refused by its host",
      from: "suspect",
    }),
    changedEvent("n3", "suspect", { index: 2 }),
  ];
  let state = emptyState("http://127.0.0.1:8001");
  const take = (update: Parameters<typeof updateState>[1], agoMs = 0) => {
    state = updateState(state, update, NOW_MS - agoMs);
  };
  for (const event of events) take({ kind: "event", event }, 2000);
  take({ kind: "self", body: self() }, 1000);
  for (let agoS = 30; agoS > 0; agoS -= 3) {
    const past = members.map((each) => ({
      ...each,
      phi: each.phi === null ? null : each.phi / agoS,
    }));
    take({ kind: "members", body: membersBody(past) }, agoS * 1000);
  }
  take({ kind: "self", body: laterSelf() });
  for (const copy of [1, 2]) {
    const copies = views.map((each) => ({ ...each, copy }));
    take({ kind: "views", body: viewsBody(copies) }, 500 * (2 - copy));
  }
  take({ kind: "members", body: membersBody(members) });
  const suspect = members[2] ?? members[0];
  if (suspect !== undefined)
    take({ kind: "explanation", body: explanation(suspect, { suspicion: QUORUM }) });
  return state;
}

function troubled(name: string, at: number, count: number): MemberBody {
  if (at === 0) {
    return member(name, {
      phi: null,
      lastHeardMs: null,
      rttMs: null,
      rttDeviationMs: null,
      observed: false,
    });
  }
  if (at === count - 1) {
    return member(name, {
      state: "dead",
      cause: "refusal",
      refused: true,
      stateForMs: 18_000,
      phi: 42,
      lastHeardMs: 18_600,
      rttMs: null,
    });
  }
  if (at !== 2) return member(name);
  return member(name, {
    state: "suspect",
    cause: "silence",
    stateForMs: 1100,
    phi: 6.1,
    lastHeardMs: 1400,
    accusers: ["n2", "n1"],
  });
}

export function membersBody(members: readonly MemberBody[]): MembersBody {
  return { ...bodyOf(members), index: 2, viewDigest: "9c1f00112233aabb" };
}

export function viewsBody(views: readonly ViewBody[]): ViewsBody {
  return { v: 1, self: "n1", roundMs: 500, views };
}

function laterSelf(): SelfBody {
  const { traffic } = self();
  return self({ traffic: { ...traffic, datagramsIn: 121, datagramsOut: 121, pingsOut: 55 } });
}
