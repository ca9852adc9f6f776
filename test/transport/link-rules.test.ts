import { expect, test } from "vitest";
import { seededRng } from "../../src/core/primitives/rng.ts";
import { drawDelaysMs, type LinkRule, linkFault } from "../../src/transport/link-rules.ts";

test("a rule speaks of its own direction alone", () => {
  const rules = [rule({ from: ["a"], to: ["b"], drop: 1 })];
  expect(linkFault(rules, "a", "b")?.drop).toBe(1);
  expect(linkFault(rules, "b", "a")).toBeUndefined();
});

test("a star is everybody, also an address whose member is not known", () => {
  const rules = [rule({ from: ["a"], to: "*", drop: 1 })];
  expect(linkFault(rules, "a", "b")?.drop).toBe(1);
  expect(linkFault(rules, "a", undefined)?.drop).toBe(1);
  expect(linkFault(rules, "b", "a")).toBeUndefined();
});

test("an address whose member is not known is on no list", () => {
  expect(linkFault([rule({ to: ["b"], drop: 1 })], "a", undefined)).toBeUndefined();
});

test("a datagram passes every rule of its link: delays add up, losses combine", () => {
  const rules = [
    rule({ drop: 0.5, delayMs: 10, jitterMs: 1, duplicate: 0.5 }),
    rule({ drop: 0.5, delayMs: 20, jitterMs: 2, reorder: 0.1, reorderMs: 30 }),
  ];
  const together = { drop: 0.75, reject: false, delayMs: 30, jitterMs: 3, duplicate: 0.5 };
  expect(linkFault(rules, "a", "b")).toEqual({ ...together, reorder: 0.1, reorderMs: 30 });
});

test("a link rejects where one of its rules does", () => {
  const rules = [rule({ drop: 0.5 }), rule({ reject: true })];
  expect(linkFault(rules, "a", "b")?.reject).toBe(true);
  expect(linkFault(rules.slice(0, 1), "a", "b")?.reject).toBe(false);
});

test("the order of the rules changes nothing, and a cut stays a cut", () => {
  const rules = [rule({ drop: 1 }), rule({ drop: 0.3, delayMs: 5 })];
  const reversed = [...rules].reverse();
  expect(linkFault(rules, "a", "b")).toEqual(linkFault(reversed, "a", "b"));
  expect(linkFault(rules, "a", "b")?.drop).toBe(1);
});

test("a cut link drops every datagram and draws no random number", () => {
  const untouched = { next: () => expect.unreachable("a number was drawn") };
  expect(drawDelaysMs(fault({ drop: 1, delayMs: 5 }), untouched)).toEqual([]);
});

test("of many datagrams the share that is dropped, doubled or held back is the one asked for", () => {
  const rng = seededRng([1, 2, 3, 4]);
  const lossy = fault({ drop: 0.3, duplicate: 0.1, delayMs: 10, reorder: 0.2, reorderMs: 40 });
  const drawn = Array.from({ length: 10_000 }, () => drawDelaysMs(lossy, rng));
  const through = drawn.filter((copies) => copies.length > 0);
  const copies = drawn.flat();
  expect(through.length / drawn.length).toBeCloseTo(0.7, 1);
  expect(copies.length / through.length).toBeCloseTo(1.1, 1);
  expect(copies.filter((delayMs) => delayMs > 10).length / copies.length).toBeCloseTo(0.2, 1);
  expect(Math.max(...copies)).toBeLessThan(50);
});

test("delay and jitter bound the travel time on both sides", () => {
  const rng = seededRng([4, 3, 2, 1]);
  const drawn = Array.from({ length: 1_000 }, () =>
    drawDelaysMs(fault({ delayMs: 100, jitterMs: 20 }), rng),
  ).flat();
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(100);
  expect(Math.max(...drawn)).toBeLessThan(120);
  expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(18);
});

function rule(given: Partial<LinkRule>): LinkRule {
  return { from: "*", to: "*", ...given };
}

function fault(given: Partial<LinkRule>) {
  const found = linkFault([rule(given)], "a", "b");
  return found ?? expect.unreachable("the rule speaks of every link");
}
