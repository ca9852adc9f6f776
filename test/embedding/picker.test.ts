import { expect, test } from "vitest";
import type { EndpointBody } from "../../src/control/service-types.ts";
import { seededRng } from "../../src/core/primitives/rng.ts";
import { Picker } from "../../src/embedding/picker.ts";

function endpoint(member: string, changes: Partial<EndpointBody> = {}): EndpointBody {
  return {
    member,
    address: `${member}:80`,
    host: member,
    port: 80,
    state: "alive",
    health: "passing",
    maintenance: null,
    silence: null,
    phi: 0,
    slowness: 0,
    rttMs: 1,
    weight: 100,
    tags: [],
    meta: {},
    why: "alive",
    ...changes,
  };
}

function newPicker(): Picker {
  const rng = seededRng([1, 2, 3, 4]);
  return new Picker(() => rng.next());
}

/** How often each was picked in 3,000 picks that are all released at once. */
function shares(endpoints: readonly EndpointBody[]): Record<string, number> {
  const picker = newPicker();
  const counts: Record<string, number> = {};
  for (let turn = 0; turn < 3000; turn++) {
    const picked = picker.pick(endpoints);
    if (picked === undefined) continue;
    counts[picked.member] = (counts[picked.member] ?? 0) + 1;
    picked.release();
  }
  return counts;
}

test("of nothing there is nothing to pick", () => {
  expect(newPicker().pick([])).toBeUndefined();
});

test("equal endpoints get equal shares", () => {
  const counts = shares(["a", "b", "c"].map((name) => endpoint(name)));
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(800);
});

test("an endpoint whose weight has faded is picked seldom", () => {
  const counts = shares([endpoint("a"), endpoint("b"), endpoint("slow", { weight: 5, phi: 7 })]);
  expect(counts.slow ?? 0).toBeLessThan(100);
});

test("of two, the one with less in use is picked", () => {
  const picker = newPicker();
  const two = [endpoint("a"), endpoint("b")];
  const picked = Array.from({ length: 10 }, () => picker.pick(two)?.member);
  expect(picked.filter((member) => member === "a")).toHaveLength(5);
});

test("what is released, twice even, is no longer in use", () => {
  const picker = newPicker();
  const two = [endpoint("a"), endpoint("b")];
  const first = picker.pick(two);
  first?.release();
  first?.release();
  const second = picker.pick(two);
  const third = picker.pick(two);
  expect(new Set([second?.member, third?.member])).toEqual(new Set(["a", "b"]));
});
