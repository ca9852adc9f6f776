import { describe, expect, test } from "vitest";
import type { MemberName } from "../../../src/core/member.ts";
import { type Rng, seededRng } from "../../../src/core/primitives/rng.ts";
import { POOL_LAN } from "../../../src/pool/core/pool-config.ts";
import type { PoolInput } from "../../../src/pool/core/pool-input.ts";
import type { PoolMemberState, PoolMessage } from "../../../src/pool/wire/messages.ts";
import { DrivenWatch, record, T, view } from "./driven-watch.ts";

const SMALL = { config: { membersMax: 50, endedMax: 20 } };
const names = (count: number, from = 0): MemberName[] =>
  Array.from({ length: count }, (_, index) => `x${from + index}`);

describe("a flood of names", () => {
  test("fills the table and no more; the rest is counted, and reported once", () => {
    const driven = DrivenWatch.of(["m1"], SMALL);
    for (const name of names(5000)) driven.hear({ kind: "alive", record: record(name) });
    expect(driven.watch.snapshot(driven.now).members).toHaveLength(50);
    expect(driven.watch.dropped).toEqual({ "members-max": 4951 });
    expect(driven.eventsOf("limit-met")).toEqual([
      { kind: "limit-met", limit: "membersMax", max: 50 },
    ]);
  });

  test("in one view is read up to the limits", () => {
    const driven = new DrivenWatch(SMALL);
    const from = { host: "10.0.0.1", port: 7946 };
    driven.step({ kind: "push-pull", member: null, from, view: view(names(10_000)) });
    driven.run(0);
    expect(driven.watch.snapshot(driven.now).members).toHaveLength(50);
    expect(driven.watch.dropped).toMatchObject({ "view-too-long": 10_000 - 70 });
    const last = { record: record("x1"), state: "suspect" } as const;
    driven.step({ kind: "push-pull", member: null, from, view: view([...names(100), last]) });
    driven.run(0);
    expect(driven.state("x1")).toBe("alive");
  });

  test("in one view is taken in piece by piece, and counts once all of it is", () => {
    const driven = new DrivenWatch();
    const from = { host: "10.0.0.1", port: 7946 };
    const input = { kind: "push-pull", member: null, from } as const;
    driven.step({ ...input, view: view(names(400, 1)) });
    expect(driven.watch.snapshot(driven.now)).toMatchObject({ notYet: "joining" });
    expect(driven.events).toHaveLength(101);
    // Another one has to wait, also where the first one lacks its members.
    driven.step({ ...input, view: view(names(800, 1)) });
    const steps: number[] = [];
    while (driven.watch.nextWakeupAt() === driven.now) {
      steps.push(driven.step({ kind: "wakeup", stalledMs: 0 }).length);
    }
    expect(driven.watch.snapshot(driven.now).members).toHaveLength(800);
    expect(driven.watch.snapshot(driven.now)).toMatchObject({ notYet: null });
    expect(driven.eventsOf("readiness-changed")).toHaveLength(1);
    expect(Math.max(...steps)).toBeLessThan(250);
    for (let i = 0; i < 20; i++) driven.step({ ...input, view: view(names(400, 1)) });
    expect(driven.watch.dropped).toEqual({ "views-waiting": 12 });
  });

  test("in a view that lacks what the table has leaves the pool as it is", () => {
    const driven = DrivenWatch.of(names(300, 1));
    driven.run(6 * T, names(300, 1));
    driven.pulled("x1", ["x1"]);
    driven.run(1, names(300, 1));
    expect(driven.eventsOf("member-changed").filter(({ to }) => to !== "alive")).toEqual([]);
  });

  test("that come and go leaves no more than the limit of what is over", () => {
    const driven = DrivenWatch.of(["m1"], SMALL);
    for (const name of names(2000)) {
      driven.hear({ kind: "alive", record: record(name) });
      driven.hear({ kind: "dead", member: name, incarnation: 1, by: "m1" });
      driven.run(1, ["m1"]);
    }
    driven.run(2 * T, ["m1"]);
    expect(driven.watch.snapshot(driven.now).members.length).toBeLessThanOrEqual(21);
  });
});

test("of two members of one name the first stays, and the other one is reported once", () => {
  const driven = DrivenWatch.of(["m1", "m2"]);
  driven.run(2 * T, ["m1", "m2"]);
  const other = { host: "10.0.9.9", port: 7946 };
  for (let i = 2; i < 100; i++) {
    driven.hear({ kind: "alive", record: record("m2", { endpoint: other, incarnation: i }) });
  }
  const { members } = driven.watch.snapshot(driven.now);
  expect(members.map(({ record: { endpoint } }) => endpoint.host)).toEqual([
    "10.0.0.1",
    "10.0.0.2",
  ]);
  expect(driven.eventsOf("newcomer-rejected")).toMatchObject([{ member: "m2", newcomer: other }]);
  expect(driven.watch.dropped).toEqual({ "name-conflict": 98 });
});

test("a member that moved, and answers no more where it was, is followed", () => {
  const driven = DrivenWatch.of(["m1", "m2"]);
  driven.run(5 * T, ["m1"]);
  const moved = record("m2", { endpoint: { host: "10.0.9.9", port: 7946 }, incarnation: 2 });
  driven.hear({ kind: "alive", record: moved });
  driven.run(2 * T, ["m1", "m2"]);
  const m2 = driven.watch.explain(driven.now, "m2");
  expect(m2?.record.endpoint.host).toBe("10.0.9.9");
  expect(m2?.lastHeardMs).toBeLessThanOrEqual(T);
});

test.each(["\u001b[2Jm9", "a\nb", "\udc80\udcff", "x".repeat(255), "constructor", "__proto__"])(
  "the name %j is a name like any other",
  (name) => {
    const driven = DrivenWatch.of(["m1", { record: record(name), state: "alive" }]);
    driven.run(2 * T, ["m1", name]);
    expect(driven.watch.explain(driven.now, name)).toMatchObject({
      state: "alive",
      observed: true,
    });
  },
);

test("no name, one that is too long, the guest's own, and no port are no members", () => {
  const driven = DrivenWatch.of(["m1"]);
  for (const name of ["", "x".repeat(256), "guest"]) {
    driven.hear({ kind: "alive", record: record(name) });
  }
  driven.hear({ kind: "alive", record: record("m5", { endpoint: { host: "10.0.0.5", port: 0 } }) });
  expect(driven.watch.snapshot(driven.now).members).toHaveLength(1);
  expect(driven.watch.dropped).toEqual({ "bad-record": 4 });
});

test("the view of a process that does not know whom we asked changes nothing", () => {
  const driven = DrivenWatch.of(["m1", "m2"]);
  driven.pulled("m2", ["y1", "y2"]);
  expect(driven.watch.snapshot(driven.now).members).toHaveLength(2);
  expect(driven.watch.dropped).toEqual({ stranger: 1 });
});

test("a view that cannot be had is reported once an outage", () => {
  const driven = DrivenWatch.of(["m1", "m2"]);
  const { endpoint } = record("m2");
  const fail = () => {
    driven.step({ kind: "fetch-view", member: "m2" });
    const failure = { failure: "silent", why: "no answer" } as const;
    driven.step({ kind: "push-pull-failed", member: "m2", from: endpoint, ...failure });
  };
  fail();
  fail();
  expect(driven.eventsOf("view-unreachable")).toHaveLength(1);
  driven.step({ kind: "fetch-view", member: "m2" });
  driven.pulled("m2", ["m1", "m2"]);
  expect(driven.eventsOf("view-fetched")).toMatchObject([{ member: "m2" }]);
  fail();
  expect(driven.eventsOf("view-unreachable")).toHaveLength(2);
});

test("answers to nothing, and what only members answer, are counted", () => {
  const driven = DrivenWatch.of(["m1"]);
  driven.hear({ kind: "ack", seq: 4711 });
  driven.hear({ kind: "nack", seq: 4711 });
  driven.hear({ kind: "ping", seq: 1, target: "guest", source: "m1" });
  driven.hear({ kind: "suspect", member: "m9", incarnation: 1, by: "m1" });
  expect(driven.watch.dropped).toEqual({ unasked: 2, "not-ours": 1, "unknown-member": 1 });
});

test.each([1, 2])("seed %i: whatever comes, the watcher goes on, within its limits", (seed) => {
  const rng = seededRng([seed, 9, 9, 9]);
  const driven = DrivenWatch.of(["m1", "m2", "m3"], SMALL);
  const sent: number[] = [];
  for (let i = 0; i < 1500; i++) {
    driven.now += pick(rng, [0, 0.1, 1, 30, 400]);
    for (const effect of driven.step(anyInput(rng, sent))) {
      if (effect.kind === "send") sent.push(effect.message.seq);
    }
    driven.effects.length = 0;
    if (i % 50 === 0) {
      const { members } = driven.watch.snapshot(driven.now);
      expect(members.length).toBeLessThanOrEqual(50 + 20 + 50);
      expect(members.filter(({ phi }) => !Number.isFinite(phi ?? 0))).toEqual([]);
      const { name } = pick(rng, members).record;
      expect(driven.watch.explain(driven.now, name)).toBeDefined();
      expect(driven.watch.paths(driven.now).length).toBeLessThanOrEqual(4096);
    }
    const wakeAt = driven.watch.nextWakeupAt();
    expect(wakeAt).toBeGreaterThanOrEqual(0);
  }
  expect(Object.keys(driven.watch.dropped).length).toBeLessThanOrEqual(8);
  // It still works: once the pool has forgotten all that, its three members are alive again.
  const three = ["m1", "m2", "m3"];
  driven.run(POOL_LAN.poolDeadMemoryMs, three);
  for (const viewer of three) driven.pulled(viewer, three);
  driven.run(5 * T, three);
  expect(three.map((name) => driven.state(name))).toEqual(["alive", "alive", "alive"]);
});

function pick<V>(rng: Rng, values: readonly V[]): V {
  return values[Math.floor(rng.next() * values.length)] as V;
}

function anyInput(rng: Rng, sent: readonly number[]): PoolInput {
  const anyName = () => pick(rng, ["m1", "m2", "m3", "guest", "", "__proto__", ...names(120)]);
  const anyNumber = () => pick(rng, [0, 1, 2, 3, 2 ** 31, 2 ** 32 - 1]);
  const anyRecord = () =>
    record(anyName(), {
      incarnation: anyNumber(),
      endpoint: {
        host: pick(rng, ["10.0.0.1", "10.0.0.2", "::1", "0.0.0.0"]),
        port: pick(rng, [0, 1, 7946, 65535]),
      },
      versions: pick(rng, [Uint8Array.of(), Uint8Array.of(1, 5, 2, 2, 5, 4), new Uint8Array(200)]),
    });
  const anyState = () => pick<PoolMemberState>(rng, ["alive", "suspect", "dead", "left"]);
  const anySeq = () =>
    sent.length > 0 && rng.next() < 0.8 ? pick(rng, sent.slice(-40)) : anyNumber();
  const anyMessage = (): PoolMessage => {
    switch (Math.floor(rng.next() * 8)) {
      case 0:
      case 1:
        return { kind: "ack", seq: anySeq() };
      case 2:
        return { kind: "nack", seq: anySeq() };
      case 3:
        return { kind: "suspect", member: anyName(), incarnation: anyNumber(), by: anyName() };
      case 4:
        return { kind: "dead", member: anyName(), incarnation: anyNumber(), by: anyName() };
      case 5:
        return { kind: "user", bytes: new Uint8Array(Math.floor(rng.next() * 20)) };
      case 6:
        return { kind: "ping", seq: anyNumber(), target: anyName(), source: anyName() };
      default:
        return { kind: "alive", record: anyRecord() };
    }
  };
  const from = { host: pick(rng, ["10.0.0.1", "10.0.0.2"]), port: 7946 };
  const member = pick(rng, [null, "m1", "m2", anyName()]);
  switch (Math.floor(rng.next() * 12)) {
    case 0:
      return { kind: "wakeup", stalledMs: pick(rng, [0, 0, 0, 60, 5000]) };
    case 1:
    case 2:
      return { kind: "wakeup", stalledMs: 0 };
    case 3:
      return { kind: "refused", member: anyName(), seq: anySeq() };
    case 4: {
      const entries = Array.from({ length: Math.floor(rng.next() * 30) }, () => ({
        record: anyRecord(),
        state: anyState(),
      }));
      return { kind: "push-pull", member, from, view: view(entries) };
    }
    case 5: {
      const failure = pick(rng, ["refused", "unreachable", "silent", "closed", "garbled"] as const);
      return { kind: "push-pull-failed", member, from, failure, why: "so it is" };
    }
    case 6:
      return pick<PoolInput>(rng, [
        { kind: "fetch-view", member: anyName() },
        { kind: "watch", subjects: names(400), forMs: 5000 },
        { kind: "join", seeds: [from, { host: "10.0.0.9", port: 1 }] },
      ]);
    default:
      return { kind: "message", from, message: anyMessage() };
  }
}
