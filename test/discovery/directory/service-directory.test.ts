import { expect, test, vi } from "vitest";
import { type NotYet, plainService } from "../../../src/core/member.ts";
import type {
  MemberSnapshot,
  NodeSnapshot,
  SuspicionSnapshot,
} from "../../../src/core/snapshot.ts";
import type { Explain } from "../../../src/discovery/directory/instances.ts";
import type { ServiceAnswer, ServiceQuery } from "../../../src/discovery/directory/live-query.ts";
import { ServiceDirectory } from "../../../src/discovery/directory/service-directory.ts";
import {
  PANIC_SHARES_DEFAULT,
  REMOVAL_SHARES_DEFAULT,
  type ServiceShares,
} from "../../../src/discovery/directory/service-shares.ts";
import type { DiscoveryEvent } from "../../../src/discovery/discovery-event.ts";
import { record } from "../../core/builders.ts";
import { fakeTimeInEach } from "../../fake-time.ts";

fakeTimeInEach("setTimeout", "setInterval", "clearTimeout", "clearInterval", "performance", "Date");

/** A directory over members that the test moves; every member offers `web`. */
function open(
  panic: ServiceShares = PANIC_SHARES_DEFAULT,
  removals: ServiceShares = REMOVAL_SHARES_DEFAULT,
) {
  const members = new Map<string, MemberSnapshot>();
  const explained = new Map<string, ReturnType<Explain>>();
  const events: DiscoveryEvent[] = [];
  const watched: string[][] = [];
  let isolated = false;
  let notYet: NotYet | null = null;
  const snapshots = vi.fn(
    () =>
      ({
        self: record("self"),
        isolated,
        notYet,
        phiSuspect: 8,
        members: [...members.values()],
      }) as unknown as NodeSnapshot,
  );
  const directory = new ServiceDirectory(
    {
      nowMs: () => performance.now(),
      wallTime: () => new Date(),
      onEvent: (event) => events.push(event),
      watch: (names) => watched.push([...names]),
      snapshot: snapshots,
      explain: (name) => explained.get(name),
    },
    { panic, removals, flapHoldMs: 30_000, deadKnownMs: 600_000 },
  );
  directory.start();
  const set = (name: string, more: Partial<MemberSnapshot> = {}) => {
    const own = record(name, { services: [plainService("web", 8080)] });
    members.set(name, {
      ...{ record: own, state: "alive", stateForMs: 0, observed: true, phi: 0.1 },
      ...{ lastHeardMs: 10, rttMs: null, reachedThrough: null, accusers: [], refused: false },
      ...{ silence: null, slowness: null, waitingMs: null },
      ...more,
    });
    tell(name);
  };
  const tell = (member: string) =>
    directory.accept({ kind: "member-updated", member, incarnation: 1 });
  const isolate = (to: boolean) => {
    isolated = to;
    directory.accept({ kind: "isolated-changed", isolated: to, silentMs: 0 });
  };
  const ask = (query: ServiceQuery) => {
    const answer = directory.ask(query);
    if (answer === undefined) throw new Error("the view is not whole");
    return answer;
  };
  const usable = () => ask({ service: "web" }).endpoints.map(({ member }) => member);
  const become = (to: NotYet | null) => {
    notYet = to;
    directory.accept({ kind: "readiness-changed", notYet: to, forMs: 0 });
  };
  /** The member is suspect, and so many of four observers say that it is frozen. */
  const freeze = (name: string, accusers: readonly string[]) => {
    const accusations = accusers.map((accuser) => {
      return { accuser, evidence: "frozen" as const, phi: 4, agoMs: 0 };
    });
    const suspicion = { accusations } as unknown as SuspicionSnapshot;
    explained.set(name, { observers: ["self", "p", "q", "r"], suspicion });
    set(name, { state: "suspect", silence: "frozen", accusers });
  };
  return {
    directory,
    snapshots,
    ask,
    become,
    members,
    events,
    watched,
    set,
    freeze,
    isolate,
    usable,
  };
}

const dead = (stateForMs = 0): Partial<MemberSnapshot> => ({ state: "dead", stateForMs, phi: 40 });

test("an answer is as new as the last event", () => {
  const { set, usable } = open();
  set("a");
  expect(usable()).toEqual(["a"]);
  set("b");
  expect(usable()).toEqual(["a", "b"]);
});

test("in a large cluster a flood of changes does not make it look at all members each time", async () => {
  const { directory, set, members, ask, snapshots } = open();
  for (let at = 0; at < 2000; at++) set(`n${at}`);
  const told = vi.fn();
  directory.subscribe({ service: "web" }, told);
  ask({ service: "web" });
  snapshots.mockClear();
  for (let ms = 0; ms < 1000; ms += 10) {
    set(`x${ms}`);
    ask({ service: "web" });
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(snapshots.mock.calls.length).toBeLessThanOrEqual(11);
  // The last change is known a moment later, to those who wait as well, whoever looked meanwhile.
  set("last");
  directory.panics();
  await vi.advanceTimersByTimeAsync(250);
  expect(told.mock.lastCall?.[0].known).toBe(members.size);
  expect(ask({ service: "web" }).known).toBe(members.size);
});

test("a service is found whatever the case of its name, as in DNS", () => {
  const { set, ask } = open();
  set("a");
  expect(ask({ service: "WEB" }).known).toBe(1);
});

test("so is a tag", () => {
  const { set, ask } = open();
  const services = [{ ...plainService("web", 8080), tags: ["Canary"] }];
  set("a", { record: record("a", { services }) });
  const [first, second] = ["canary", "CANARY"].map((tag) => ask({ service: "web", tag }));
  expect([first?.known, first === second]).toEqual([1, true]);
});

test("members on several hosts whose names differ only in case have none by that name", () => {
  const { set, directory } = open();
  const at = (name: string, host: string) =>
    set(name, { record: record(name, { endpoint: { host, port: 7946 } }) });
  at("Node1", "10.0.0.1");
  at("node1", "10.0.0.2");
  at("Node2", "10.0.0.3");
  at("node2", "10.0.0.3");
  const found = ["node1", "Node1", "NODE2"].map((name) => directory.hostOf(name));
  expect(found).toEqual([undefined, undefined, "10.0.0.3"]);
});

test("the index changes with the endpoints, and not with phi alone", () => {
  const { set, ask } = open();
  set("a");
  const first = ask({ service: "web" }).index;
  set("a", { phi: 0.7 });
  expect(ask({ service: "web" }).index).toBe(first);
  set("a", { state: "suspect", accusers: ["x", "y"] });
  expect(ask({ service: "web" }).index).toBeGreaterThan(first);
});

test("whoever waits is told of a burst of events once", () => {
  const { set, directory, ask } = open();
  set("a");
  ask({ service: "web" });
  const told: ServiceAnswer[] = [];
  directory.subscribe({ service: "web" }, (answer) => told.push(answer));
  vi.advanceTimersByTime(50);
  told.length = 0;
  set("b");
  set("c");
  vi.advanceTimersByTime(25);
  expect(told.map(({ known }) => known)).toEqual([3]);
});

test("a threshold that is crossed in silence is told without an event", () => {
  const { set, members, directory } = open();
  for (const name of ["a", "b", "c"]) set(name);
  const told: ServiceAnswer[] = [];
  directory.subscribe({ service: "web", maxPhi: 3 }, (answer) => told.push(answer));
  vi.advanceTimersByTime(300);
  const before = members.get("a") as MemberSnapshot;
  members.set("a", { ...before, phi: 3.5 });
  vi.advanceTimersByTime(300);
  expect(told.at(-1)?.out.map(({ member }) => member)).toEqual(["a"]);
});

test("whoever waits is told that the dead are given up, though others ask meanwhile", () => {
  const { set, members, directory, ask } = open();
  set("a");
  set("b", dead(599_000));
  const told: ServiceAnswer[] = [];
  directory.subscribe({ service: "web" }, (answer) => told.push(answer));
  vi.advanceTimersByTime(500);
  expect(told.at(-1)?.known).toBe(2);
  const before = members.get("b") as MemberSnapshot;
  members.set("b", { ...before, stateForMs: 600_000 });
  for (let round = 0; round < 20; round++) {
    vi.advanceTimersByTime(100);
    ask({ service: "web", nearSelf: true });
  }
  expect(told.at(-1)?.known).toBe(1);
});

test("a panic that ends because the dead are given up is told, though somebody waits", () => {
  const { set, members, events, directory } = open();
  set("a");
  for (const name of ["b", "c"]) set(name, dead());
  directory.subscribe({ service: "web" }, () => undefined);
  vi.advanceTimersByTime(500);
  for (const name of ["b", "c"]) {
    members.set(name, { ...(members.get(name) as MemberSnapshot), stateForMs: 600_000 });
  }
  vi.advanceTimersByTime(2000);
  expect(events.map(({ kind }) => kind)).toEqual(["panic-began", "panic-ended"]);
});

test("a second accuser, and the end of a suspicion, change an answer whose states stay", () => {
  const { members, set, directory } = open();
  for (const name of ["a", "b"]) set(name);
  set("c", { state: "suspect", accusers: ["x"] });
  const told: ServiceAnswer[] = [];
  directory.subscribe({ service: "web" }, (answer) => told.push(answer));
  vi.advanceTimersByTime(50);
  const before = members.get("c") as MemberSnapshot;
  const suspicion = { member: "c", incarnation: 1, phi: 9, evidence: "silence" } as const;
  members.set("c", { ...before, accusers: ["x", "y"] });
  directory.accept({ kind: "accused", accuser: "y", ...suspicion });
  vi.advanceTimersByTime(50);
  members.set("c", { ...before, accusers: [] });
  directory.accept({ kind: "suspicion-cleared", member: "c", cause: "heard" });
  vi.advanceTimersByTime(50);
  expect(told.slice(-2).map(({ out }) => out.map(({ member }) => member))).toEqual([["c"], []]);
});

test("members that offer what somebody asks for are watched for as long as somebody asks", () => {
  const { set, watched, directory, ask } = open();
  set("a");
  expect(watched).toEqual([]);
  ask({ service: "web" });
  expect(watched).toEqual([["a"]]);
  vi.advanceTimersByTime(30_000);
  expect(watched).toHaveLength(1);
  const stop = directory.subscribe({ service: "web" }, () => undefined);
  vi.advanceTimersByTime(60_000);
  const whileWaiting = watched.length;
  expect(whileWaiting).toBeGreaterThan(2);
  stop();
  vi.advanceTimersByTime(120_000);
  expect(watched.length).toBeLessThanOrEqual(whileWaiting + 1);
});

test("a panic is told once when it begins and once when it ends, whoever asks", () => {
  const { set, events, directory } = open();
  for (const name of ["a", "b", "c"]) set(name);
  vi.advanceTimersByTime(1000);
  set("a", dead());
  set("b", dead());
  vi.advanceTimersByTime(1500);
  expect(directory.panics()).toMatchObject([
    { service: "web", reason: "1 of 3 are in, fewer than 50 %" },
  ]);
  set("a");
  vi.advanceTimersByTime(1500);
  expect(events).toEqual([
    { kind: "panic-began", service: "web", reason: "1 of 3 are in, fewer than 50 %", share: 1 / 3 },
    { kind: "panic-ended", service: "web", lastedMs: expect.any(Number) },
  ]);
  expect(directory.panics()).toEqual([]);
});

test("a panic says since when, however often its share moves", () => {
  const { set, ask } = open();
  for (const name of ["a", "b", "c"]) set(name, dead());
  const { panicSince } = ask({ service: "web" });
  vi.advanceTimersByTime(5000);
  set("a");
  const later = ask({ service: "web" });
  expect([later.panicSince, later.panic?.share]).toEqual([panicSince, 1 / 3]);
});

test("the dead are given up after a while, panic or not, and those that left at once", () => {
  const { set, usable } = open();
  set("a", dead(599_999));
  set("b", { state: "left" });
  expect(usable()).toEqual(["a"]);
  set("a", dead(600_000));
  expect(usable()).toEqual([]);
});

test("a service may have a panic share of its own", () => {
  const { set, ask } = open({ everyService: 0.5, services: { web: 0 } });
  set("a", dead());
  expect(ask({ service: "Web" }).panic).toBeNull();
});

test.each([
  ["a quarter of a pool", REMOVAL_SHARES_DEFAULT, 3],
  ["what a service says of itself", { everyService: 0.25, services: { web: 1 } }, 1],
])("silence takes out %s within a minute", (_, removals, left) => {
  const { set, usable } = open({ everyService: 0, services: {} }, removals);
  const names = ["a", "b", "c", "d"];
  for (const name of names) set(name);
  expect(usable()).toEqual(names);
  for (const name of names.slice(1)) set(name, { state: "suspect", accusers: ["a", "e"] });
  expect(usable()).toHaveLength(left);
});

test.each([
  ["alone was told so: it may be its own filter, and a panic brings it back", ["self"], ["a", "b"]],
  ["and another were told so: it stays out of a panic", ["self", "c"], ["b"]],
])("a suspect whose host refused, where this node %s", (_, accusers, left) => {
  const { set, usable } = open();
  set("a", { state: "suspect", refused: true, accusers });
  set("b", dead());
  expect(usable()).toEqual(left);
});

test("frozen members go out at once and for all, however many they are, and return with their answers", () => {
  const { set, freeze, usable, ask } = open();
  const all = ["a", "b", "c", "p", "q"];
  for (const name of all) set(name);
  expect(usable()).toEqual(all);
  freeze("a", ["p"]);
  expect(usable()).toEqual(all);
  for (const name of ["a", "b", "c"]) freeze(name, ["p", "q"]);
  expect(usable()).toEqual(["p", "q"]);
  const [first] = ask({ service: "web", maxPhi: 100 }).out;
  expect(first?.why).toBe("frozen, say 2 of 4 observers: its host answers, it does not");
  set("a");
  expect(usable()).toEqual(["a", "p", "q"]);
});

test("while the view is not whole there is no answer, no list and no panic", () => {
  const { set, become, directory, events } = open();
  become("joining");
  set("a", dead());
  vi.advanceTimersByTime(2000);
  expect(directory.notYet).toBe("joining");
  expect([directory.ask({ service: "web" }), directory.services()]).toEqual([undefined, undefined]);
  expect([directory.panics(), events]).toEqual([[], []]);
});

test("whoever waits is told as soon as the view is whole, and not before", () => {
  const { set, become, directory } = open();
  become("joining");
  const told: number[] = [];
  let readied = 0;
  directory.subscribe({ service: "web" }, ({ known }) => told.push(known));
  directory.onReady(() => {
    readied += 1;
  });
  set("a");
  vi.advanceTimersByTime(500);
  expect([told, readied]).toEqual([[], 0]);
  set("b");
  become(null);
  vi.advanceTimersByTime(50);
  expect([told, readied]).toEqual([[2], 1]);
});

test("a node that returns from a cut keeps silent again until it has caught up", () => {
  const { set, become, isolate, directory, usable } = open();
  for (const name of ["a", "b"]) set(name);
  isolate(true);
  expect(usable()).toEqual(["a", "b"]);
  isolate(false);
  become("returning");
  expect(directory.ask({ service: "web" })).toBeUndefined();
  become(null);
  expect(usable()).toEqual(["a", "b"]);
});
