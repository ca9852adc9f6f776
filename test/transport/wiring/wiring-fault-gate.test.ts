import { expect, test, vi } from "vitest";
import type { WireTarget } from "../../../src/core/effect.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";
import type { Wiring, WiringReceiver } from "../../../src/host/ports.ts";
import type { LinkRule, LinkRules } from "../../../src/transport/link-rules.ts";
import { WiringFaultGate } from "../../../src/transport/wiring/wiring-fault-gate.ts";
import { fakeTimeInEach } from "../../fake-time.ts";
import { Reports, run } from "./wirings.ts";

const B: WireTarget = { member: "b", startId: run(1), endpoint: { host: "127.0.0.1", port: 2 } };
const C: WireTarget = { member: "c", startId: run(1), endpoint: { host: "127.0.0.1", port: 3 } };

const there = (fault: Partial<LinkRule>): LinkRules => [{ from: ["a"], to: ["b"], ...fault }];
const back = (fault: Partial<LinkRule>): LinkRules => [{ from: ["b"], to: ["a"], ...fault }];

const ONE_WAY = [
  ["to it", there({ drop: 1 })],
  ["from it", back({ drop: 1 })],
] as const;

fakeTimeInEach();

test("without rules everything passes, at once", () => {
  const { gate, inner, reports } = gateOf([]);
  gate.keep([B]);
  inner.open("b");
  gate.poke("b");
  gate.dial("b", B.endpoint, 4);
  inner.answer("b", 4);
  inner.close("b", "ended");
  expect(inner.calls).toEqual(["poke b", "dial b 4"]);
  expect(reports.all).toEqual(["opened b", "answered b 4", "closed b ended"]);
});

test.each(ONE_WAY)("on a link that is cut %s no wire opens and dials stay silent", (_, rules) => {
  const { gate, inner, reports } = gateOf(rules);
  gate.keep([B, C]);
  gate.dial("b", B.endpoint, 1);
  gate.dial("c", C.endpoint, 2);
  expect(inner.kept).toEqual(["c"]);
  expect(inner.calls).toEqual(["dial c 2"]);
  gate.setRules([]);
  expect(inner.kept).toEqual(["b", "c"]);
  expect(reports.all).toEqual([]);
});

test.each(ONE_WAY)("an answer on its way when the link is cut %s is lost", (_, rules) => {
  const { gate, inner, reports } = gateOf([]);
  gate.dial("b", B.endpoint, 1);
  gate.setRules(rules);
  inner.answer("b", 1);
  expect(reports.all).toEqual([]);
});

test.each(ONE_WAY)(
  "a wire that closes while the link is cut %s is heard of when it works",
  (_, rules) => {
    const { gate, inner, reports } = gateOf([]);
    gate.keep([B]);
    inner.open("b");
    gate.setRules(rules);
    expect(inner.kept).toEqual(["b"]);
    inner.close("b", "ended");
    gate.setRules(there({ drop: 1 }));
    expect(reports.all).toEqual(["opened b"]);
    expect(inner.kept).toEqual([]);
    gate.setRules([]);
    expect(reports.all).toEqual(["opened b", "closed b ended"]);
    expect(inner.kept).toEqual(["b"]);
  },
);

test("what closed while the link was cut is not told of a member that nobody wants any more", () => {
  const { gate, inner, reports } = gateOf([]);
  gate.keep([B]);
  inner.open("b");
  gate.setRules(there({ drop: 1 }));
  inner.close("b", "ended");
  gate.keep([]);
  gate.keep([{ ...B, startId: run(2) }]);
  gate.setRules([]);
  expect(reports.all).toEqual(["opened b"]);
  expect(inner.kept).toEqual(["b"]);
});

test("a filter that rejects refuses dials, and resets the wires that are open", () => {
  const { gate, inner, reports } = gateOf([]);
  gate.keep([B]);
  inner.open("b");
  gate.setRules(there({ drop: 1, reject: true }));
  gate.dial("b", B.endpoint, 9);
  expect(reports.all).toEqual(["opened b"]);
  vi.advanceTimersByTime(1);
  expect(reports.all.slice(1).sort()).toEqual(["closed b reset", "refused b 9"]);
  expect(inner.kept).toEqual([]);
  expect(inner.calls).toEqual([]);
});

test("a filter of the member rejects to the member, not to this node", () => {
  const { gate, inner, reports } = gateOf([]);
  gate.keep([B]);
  inner.open("b");
  gate.setRules(back({ drop: 1, reject: true }));
  gate.dial("b", B.endpoint, 9);
  expect(inner.calls).toEqual([]);
  expect(reports.all).toEqual(["opened b"]);
});

test("a delay is that of both ways for a dial, and of the way back for a closing", () => {
  const { gate, inner, reports } = gateOf([...there({ delayMs: 40 }), ...back({ delayMs: 60 })]);
  gate.keep([B]);
  inner.open("b");
  gate.dial("b", B.endpoint, 1);
  inner.answer("b", 1);
  inner.close("b", "ended");
  vi.advanceTimersByTime(59);
  expect(reports.all).toEqual(["opened b"]);
  vi.advanceTimersByTime(1);
  expect(reports.all).toEqual(["opened b", "closed b ended"]);
  vi.advanceTimersByTime(39);
  expect(reports.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(reports.all).toEqual(["opened b", "closed b ended", "answered b 1"]);
});

test("under loss, dials are answered at once, a second later, or not at all", () => {
  const { gate, inner, reports } = gateOf([{ from: "*", to: "*", drop: 0.3 }]);
  for (let seq = 0; seq < 1000; seq++) {
    gate.dial("b", B.endpoint, seq);
    inner.answer("b", seq);
  }
  // Neither the segment nor its answer is lost with 0.7², so about 490 of 1,000 come at once ...
  const atOnce = reports.all.length;
  expect(Math.abs(atOnce - 490)).toBeLessThan(50);
  vi.advanceTimersByTime(999);
  expect(reports.all).toHaveLength(atOnce);
  // ... and about 250 when they are repeated. A second repetition comes too late.
  vi.advanceTimersByTime(1);
  expect(Math.abs(reports.all.length - atOnce - 250)).toBeLessThan(50);
  vi.advanceTimersByTime(60_000);
  expect(reports.all.length).toBeLessThan(800);
});

test("under loss, a closing is repeated after 200 ms, then after twice as long", () => {
  const { gate, inner, reports } = gateOf([{ from: "*", to: ["a"], drop: 0.5 }]);
  const members = Array.from({ length: 200 }, (_, i) => `b${i}`);
  gate.keep(members.map((member) => ({ ...B, member })));
  for (const member of members) inner.open(member);
  for (const member of members) inner.close(member, "ended");
  expect(inner.kept).toEqual([]);
  const closedAfter = (ms: number) => {
    vi.advanceTimersByTime(ms);
    return reports.all.length - members.length;
  };
  const counts = [
    closedAfter(1),
    closedAfter(198),
    closedAfter(1),
    closedAfter(399),
    closedAfter(1),
  ];
  const [atOnce = 0, before, first = 0, between, second = 0] = counts;
  expect(Math.abs(atOnce - 100)).toBeLessThan(30);
  expect(Math.abs(first - 150)).toBeLessThan(25);
  expect(Math.abs(second - 175)).toBeLessThan(20);
  expect([before, between]).toEqual([atOnce, first]);
});

test("a closed gate tells nothing of what it held", () => {
  const { gate, inner, reports } = gateOf(back({ delayMs: 10 }));
  gate.keep([B]);
  inner.open("b");
  inner.close("b", "ended");
  gate.close();
  vi.advanceTimersByTime(1000);
  expect(reports.all).toEqual(["opened b"]);
});

/** A gate before a wiring that only notes what it is asked for. */
function gateOf(rules: LinkRules) {
  const inner = new NotedWiring();
  const gate = new WiringFaultGate({ self: "a", wiring: inner, rng: seededRng([1, 2, 3, 4]) });
  gate.setRules(rules);
  const reports = new Reports();
  gate.listen({
    onWireOpened: (member) => reports.add(`opened ${member}`),
    onWireClosed: (member, _startId, how) => reports.add(`closed ${member} ${how}`),
    onDialled: (member, seq, answer) => reports.add(`${answer} ${member} ${seq}`),
  });
  return { gate, inner, reports };
}

class NotedWiring implements Wiring {
  readonly calls: string[] = [];
  kept: string[] = [];
  private receiver: WiringReceiver | undefined;

  listen(receiver: WiringReceiver): void {
    this.receiver = receiver;
  }

  keep(to: readonly WireTarget[]): void {
    this.kept = to.map(({ member }) => member);
  }

  poke(member: string): void {
    this.calls.push(`poke ${member}`);
  }

  dial(member: string, _endpoint: unknown, seq: number): void {
    this.calls.push(`dial ${member} ${seq}`);
  }

  open(member: string): void {
    this.receiver?.onWireOpened(member, run(1));
  }

  close(member: string, how: "ended" | "reset"): void {
    this.receiver?.onWireClosed(member, run(1), how);
  }

  answer(member: string, seq: number): void {
    this.receiver?.onDialled(member, seq, "answered");
  }
}
