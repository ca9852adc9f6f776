import { afterEach, expect, test, vi } from "vitest";
import { closeAll, closedPort } from "../loopback.ts";
import { closeWirings, HOST, openWiring, SOON_MS } from "./wirings.ts";

afterEach(closeWirings);
afterEach(closeAll);

const WITHIN = { timeout: SOON_MS, interval: 5 };

/** TEST-NET-1 routes nowhere: a connect to it is silent, or fails at once where there is no route. */
const NOWHERE = { host: "192.0.2.1", port: 9 };

test("a dial to a port that a process has is answered, and closed at once", async () => {
  const a = await openWiring("a");
  const b = await openWiring("b");
  a.wiring.dial("b", b.endpoint, 5);
  expect(a.reports.all).toEqual([]);
  expect(await a.reports.count(1)).toEqual(["answered b 5"]);
  await vi.waitFor(() => expect(b.wiring.counters.wordless).toBe(1), WITHIN);
  expect(b.wiring.counters.turnedAway).toEqual({});
});

test("a dial to a port that nobody has is refused", async () => {
  const a = await openWiring("a");
  a.wiring.dial("b", await closedPort(HOST), 6);
  expect(await a.reports.count(1)).toEqual(["refused b 6"]);
  expect(a.wiring.counters.dials).toEqual({ refused: 1 });
});

test("at most 8 dials to one member are under way, and 64 at all; more are counted", async () => {
  const a = await openWiring("a");
  for (let i = 0; i < 9; i++) a.wiring.dial("b", NOWHERE, i);
  expect(a.wiring.counters.dials).toEqual({ "not-made": 1 });
  for (let i = 0; i < 60; i++) a.wiring.dial(`m${i}`, NOWHERE, i);
  expect(a.wiring.counters.dials).toEqual({ "not-made": 5 });
  expect(a.reports.all).toEqual([]);
});

test("an endpoint that cannot be dialled is counted by its code and reports nothing", async () => {
  const a = await openWiring("a");
  a.wiring.dial("b", { host: HOST, port: 70_000 }, 1);
  a.wiring.dial("c", { host: "::1", port: 0 }, 2);
  await vi.waitFor(() => {
    const codes = Object.values(a.wiring.counters.dials);
    expect(codes.reduce((sum, count) => sum + count, 0)).toBe(2);
  }, WITHIN);
  expect(a.wiring.counters.dials.ERR_SOCKET_BAD_PORT).toBe(1);
});
