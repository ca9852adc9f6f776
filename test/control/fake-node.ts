import { EventLog } from "../../src/control/event-log.ts";
import type { UserEventRequest } from "../../src/control/message-types.ts";
import type { ControlledMessages, NodeApi } from "../../src/control/node-api.ts";
import { StateCauses } from "../../src/control/state-causes.ts";
import { ViewCache } from "../../src/control/view-cache.ts";
import type { ChangeCause, NodeEvent } from "../../src/core/effect.ts";
import { ConfigError } from "../../src/core/errors.ts";
import type { Input } from "../../src/core/input.ts";
import {
  type AccusationReason,
  type MemberState,
  type NotYet,
  plainService,
} from "../../src/core/member.ts";
import type { MemberExplanation, MemberSnapshot, NodeSnapshot } from "../../src/core/snapshot.ts";
import { ServiceDirectory } from "../../src/discovery/directory/service-directory.ts";
import {
  PANIC_SHARES_DEFAULT,
  REMOVAL_SHARES_DEFAULT,
} from "../../src/discovery/directory/service-shares.ts";
import { LocalServices } from "../../src/discovery/registrations/local-services.ts";
import { advertisedComplaint } from "../../src/wire/record/advertised.ts";

export const START_ID = "6b0365250fb7c911b88c74b2";

/** A node that stands still: its members and answers are what the test says. */
export class FakeNode implements NodeApi {
  readonly identity = {
    name: "n0",
    startId: START_ID,
    address: "127.0.0.1:20000",
    api: "127.0.0.1:21000",
    apiScheme: "http" as const,
    pid: 4711,
    version: "0.1.0",
    commit: "0123456789ab",
    cluster: "hearsay",
    probeIntervalMs: 1000,
    receiveBufferBytes: 4_194_304,
  };
  readonly submitted: Input[] = [];
  readonly told: UserEventRequest[] = [];
  busyWith: string | undefined;
  encryptionBody: ReturnType<NodeApi["encryption"]> = null;
  keys: NonNullable<NodeApi["keys"]> = {
    list: async () => ({ v: 1, members: [], silent: [] }),
    install: async (id = "00000001") => ({ v: 1, id, done: ["n0"], failed: [], silent: [] }),
    use: async (id) => ({ v: 1, id, done: ["n0"], failed: [], silent: [] }),
    remove: async (id) => ({ v: 1, id, done: ["n0"], failed: [], silent: [] }),
  };
  readonly messages: ControlledMessages = {
    busyWith: () => this.busyWith,
    tell: (event) => {
      if (event.name.includes(" ")) throw new ConfigError(`name: "${event.name}" is no name`);
      this.told.push(event);
    },
    ask: async ({ name }) => ({
      v: 1,
      name,
      answers: [{ member: "n0", answer: "0.4", tookMs: 3 }],
      declined: [],
      silent: ["n1"],
    }),
  };
  readonly events: EventLog;
  readonly causes = new StateCauses();
  readonly views: ViewCache;
  faults: NodeApi["faults"] = undefined;
  readonly dns = undefined;
  readonly directory = new ServiceDirectory(
    {
      nowMs: () => performance.now(),
      wallTime: () => A_MOMENT,
      snapshot: () => this.snapshot(),
      explain: (name) => this.explain(name),
      watch: (subjects, forMs) => this.submit({ kind: "watch", subjects, forMs }),
      onEvent: (event) => this.events.append(event, A_MOMENT),
    },
    {
      panic: PANIC_SHARES_DEFAULT,
      removals: REMOVAL_SHARES_DEFAULT,
      flapHoldMs: 30_000,
      deadKnownMs: 600_000,
    },
  );
  readonly localServices = new LocalServices(
    { tags: {}, services: [], allowScripts: false },
    {
      onEvent: (event) => this.events.append(event, A_MOMENT),
      nowMs: () => performance.now(),
      validate: advertisedComplaint,
      advertise: (tags, services) => this.submit({ kind: "advertise", tags, services }),
    },
  );
  notYet: NotYet | null = null;
  members: MemberSnapshot[] = [member("n0", "alive", false)];
  join: NodeApi["join"] = async (addresses) => ({ v: 1, dialled: addresses });
  leave: NodeApi["leave"] = async () => ({ v: 1, told: 2, acked: 2 });
  reload: NodeApi["reload"] = async () => ({ v: 1, changed: ["tags"], needRestart: [] });

  constructor(eventCapacity?: number) {
    this.events = new EventLog(eventCapacity);
    this.views = new ViewCache({
      nowMs: () => performance.now(),
      fetch: (name) => this.submitted.push({ kind: "fetch-view", member: name }),
    });
  }

  snapshot(): NodeSnapshot {
    const self = this.members[0] as MemberSnapshot;
    return {
      self: self.record,
      phase: "running",
      profile: "lan",
      viewDigest: "00112233aabbccdd",
      isolated: false,
      notYet: this.notYet,
      localHealth: 1,
      phiSuspect: 8,
      stalls: { count: 2, totalMs: 300, lastMs: 100 },
      queues: { updatesOwed: 3, suspicions: 1, relays: 0, noticesOwed: 0 },
      members: this.members,
    };
  }

  explain(name: string): MemberExplanation | undefined {
    const found = this.members.find(({ record }) => record.name === name);
    return found && { ...found, detector: null, probe: null, observers: ["n0"], suspicion: null };
  }

  submit(input: Input): void {
    this.submitted.push(input);
  }

  traffic() {
    return {
      received: { ping: { datagrams: 4, bytes: 200 }, ack: { datagrams: 3, bytes: 150 } },
      sent: { ping: { datagrams: 5, bytes: 250 } },
      dropped: { label: 7 },
      sendErrors: { EPERM: 1 },
      wiring: {
        wires: 3,
        acceptedWires: 2,
        opened: 6,
        accepted: 5,
        failed: { ECONNREFUSED: 4 },
        dials: { answered: 8 },
        turnedAway: { silent: 9 },
        wordless: 7,
        acceptErrors: { EMFILE: 1 },
      },
    };
  }

  transitions() {
    return [{ from: "alive", to: "suspect", cause: "frozen" as const, count: 9 }];
  }

  accusations(): ReadonlyMap<AccusationReason, number> {
    return new Map([["crashed", 3]]);
  }

  falseSuspicions() {
    return { cleared: { heard: 4, refuted: 2 }, refuted: 1 };
  }

  uptimeMs(): number {
    return 5000;
  }

  encryption() {
    return this.encryptionBody;
  }

  shortages() {
    return { files: 2, heap: 0, memory: 0 };
  }

  logLinesDropped(): number {
    return 0;
  }

  loopLagP99Ms(): number | null {
    return 2.5;
  }
}

export function member(name: string, state: MemberState, observed = true): MemberSnapshot {
  return {
    record: {
      name,
      endpoint: { host: "127.0.0.1", port: 20000 },
      startId: START_ID,
      incarnation: 7,
      tags: { rack: "3" },
      services: [plainService("web", 8080)],
      api: "127.0.0.1:21000",
      protocol: { min: 1, max: 1 },
      takesWires: true,
    },
    state,
    stateForMs: 1234.5,
    observed,
    phi: observed ? 0.123456 : null,
    lastHeardMs: observed ? 250.4 : null,
    rttMs: observed ? { mean: 0.41239, deviation: 0.1 } : null,
    reachedThrough: null,
    accusers: state === "suspect" ? ["n8", "n9"] : [],
    silence: state === "suspect" ? "silence" : null,
    slowness: null,
    waitingMs: null,
    refused: false,
  };
}

/** A node with `n0` itself and others, all offering `web`. */
export function nodeWith(...others: Parameters<typeof member>[]): FakeNode {
  const node = new FakeNode();
  node.members.push(...others.map((each) => member(...each)));
  return node;
}

export function changed(
  name: string,
  to: MemberState = "suspect",
  cause: ChangeCause = "silence",
): NodeEvent {
  return {
    kind: "member-changed",
    member: name,
    from: "alive",
    to,
    incarnation: 7,
    by: "n0",
    cause,
    reason: "silent 1.9 s",
    phi: 8.123456,
  };
}

/** A moment that every test may use: events need one, and nothing depends on it. */
export const A_MOMENT = new Date("2026-11-22T21:56:53.954Z");
