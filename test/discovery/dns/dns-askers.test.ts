import { expect, test } from "vitest";
import { DnsAskers } from "../../../src/discovery/dns/dns-askers.ts";

const MINUTE_MS = 60_000;

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["::1", true],
  ["::ffff:127.0.0.1", true],
  ["10.127.0.1", false],
  ["::ffff:10.0.0.1", false],
  ["::127", false],
])("%s is this machine: %s", (address, isProven) => {
  expect(new DnsAskers().isProven(address)).toBe(isProven);
});

test("an address that asked over TCP is known for ten minutes, counted from its last query", () => {
  let now = 0;
  const askers = new DnsAskers(() => now);
  expect(askers.isProven("10.0.0.1")).toBe(false);
  askers.noteTcp("10.0.0.1");
  now = 9 * MINUTE_MS;
  askers.noteTcp("10.0.0.1");
  now = 18 * MINUTE_MS;
  expect([askers.isProven("10.0.0.1"), askers.isProven("10.0.0.2")]).toEqual([true, false]);
  now = 19 * MINUTE_MS;
  expect(askers.isProven("10.0.0.1")).toBe(false);
});

test("of very many addresses those that asked last are known", () => {
  const askers = new DnsAskers(() => 0);
  for (let at = 0; at < 5000; at++) {
    askers.noteTcp(`10.0.${at >> 8}.${at & 255}`);
    // It asks again and again, and so it is none of those that make room.
    if (at % 1000 === 0) askers.noteTcp("10.9.9.9");
  }
  expect(askers.isProven("10.9.9.9")).toBe(true);
  expect(askers.isProven("10.0.0.0")).toBe(false);
  expect(askers.isProven("10.0.4.0")).toBe(true);
  expect(askers.isProven("10.0.19.135")).toBe(true);
});
