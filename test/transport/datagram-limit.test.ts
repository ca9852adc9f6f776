import { expect, test } from "vitest";
import { DatagramLimit } from "../../src/transport/datagram-limit.ts";

const MEMBER = { host: "10.0.0.1", port: 7946 };

function limit(members = [MEMBER]) {
  const clock = { nowMs: 0, lookups: 0 };
  const { admits } = new DatagramLimit({
    nowMs: () => clock.nowMs,
    members: () => {
      clock.lookups++;
      return members;
    },
  });
  /** How many of so many, one after the other from these ports, are read. */
  const read = (host: string, count: number, portOf = (at: number) => at % 1000) => {
    let taken = 0;
    for (let at = 0; at < count; at++) if (admits({ host, port: portOf(at) })) taken++;
    return taken;
  };
  return { clock, read, admits };
}

test("a stranger's burst is read, then so many a second, from whatever ports", () => {
  const { clock, read } = limit();
  expect(read("10.6.6.6", 50_000)).toBe(4_000);
  for (let second = 0; second < 3; second++) {
    clock.nowMs += 1000;
    expect(read("10.6.6.6", 50_000)).toBe(2_000);
  }
  expect(read("10.7.7.7", 10)).toBe(10);
  clock.nowMs += 60_000;
  expect(read("10.6.6.6", 50_000)).toBe(4_000);
});

test("a member beside the stranger is read all the while, and has a bound of its own", () => {
  const { clock, read } = limit();
  expect(read(MEMBER.host, 50_000, () => 666)).toBe(4_000);
  expect(read(MEMBER.host, 10_000, () => MEMBER.port)).toBe(10_000);
  expect(read(MEMBER.host, 100_000, () => MEMBER.port)).toBe(30_000);
  // Where the members are is looked up seldom, however long the flood is.
  expect(clock.lookups).toBe(1);
  clock.nowMs += 5000;
  read(MEMBER.host, 50_000, () => 666);
  expect(clock.lookups).toBe(2);
});

test("nothing is looked up while nobody floods", () => {
  const { clock, read } = limit();
  for (let second = 0; second < 20; second++) {
    clock.nowMs += 1000;
    expect(read(MEMBER.host, 1_500)).toBe(1_500);
  }
  expect(clock.lookups).toBe(0);
});

test("only so many addresses are counted at once: the oldest makes room", () => {
  const { read } = limit();
  expect(read("10.6.6.6", 4_001)).toBe(4_000);
  for (let at = 0; at < 4_095; at++) read(`10.1.${at >> 8}.${at & 255}`, 1);
  expect(read("10.6.6.6", 1)).toBe(0);
  read("10.9.9.9", 1);
  expect(read("10.6.6.6", 1)).toBe(1);
});
