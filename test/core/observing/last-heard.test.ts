import fc from "fast-check";
import { expect, test } from "vitest";
import { LastHeard } from "../../../src/core/observing/last-heard.ts";
import { header, record, startIdOf } from "../builders.ts";

const B = record("b");

function accepted(counters: readonly number[]): boolean[] {
  const lastHeard = new LastHeard();
  return counters.map((counter) => lastHeard.accepts(header(B, counter)));
}

test("a counter 63 behind the newest is still told apart, one 64 behind counts as a replay", () => {
  expect(accepted([100, 37, 37])).toEqual([true, true, false]);
  expect(accepted([100, 36])).toEqual([true, false]);
});

test("the window follows the newest counter, however far that jumps", () => {
  expect(accepted([1, 1_000_000, 1_000_000 - 63, 1_000_000 - 64, 1])).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("forged counters far ahead silence nobody: what the member sends goes on counting", () => {
  const far = [2_000_000_000, 1_000_000_000];
  expect(accepted([1, 2, ...far, 3, 4, 5])).toEqual([true, true, true, true, true, true, true]);
  expect(accepted([1, 2, ...far, 2, 1])).toEqual([true, true, true, true, false, false]);
});

test("a member that is heard seldom is heard at every jump, however many there were", () => {
  const jumps = Array.from({ length: 600 }, (_, at) => (at * 10_000_000) >>> 0);
  expect(accepted(jumps)).not.toContain(false);
});

test("in any order of nearby counters exactly the first of each counts, unless it is too far behind", () => {
  const counters = fc.array(fc.integer({ min: 0xffff_ff80, max: 0x1_0000_0080 }), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(counters, (wide) => {
      const seen = new Set<number>();
      let highest = Number.NEGATIVE_INFINITY;
      const expected = wide.map((counter) => {
        const isNew = !seen.has(counter) && counter > highest - 64;
        if (isNew) seen.add(counter);
        highest = Math.max(highest, counter);
        return isNew;
      });
      expect(accepted(wide.map((counter) => counter >>> 0))).toEqual(expected);
    }),
  );
});

test("another start begins its counters anew, one member's counters are not another's", () => {
  const lastHeard = new LastHeard();
  lastHeard.accepts(header(B, 1000));
  expect(lastHeard.accepts(header({ ...B, startId: startIdOf("b", 2) }, 1))).toBe(true);
  expect(lastHeard.accepts(header(record("c"), 1))).toBe(true);
});

test("a member is heard within a span, its end included, and no longer", () => {
  const lastHeard = new LastHeard();
  lastHeard.record("b", 1000);
  expect(lastHeard.heardWithin("b", 500, 1500)).toBe(true);
  expect(lastHeard.heardWithin("b", 500, 1501)).toBe(false);
  expect(lastHeard.heardWithin("c", 500, 1000)).toBe(false);
});

test("hearing the subject itself is not hearing somebody else", () => {
  const lastHeard = new LastHeard();
  lastHeard.record("b", 1000);
  lastHeard.record("b", 2000);
  expect(lastHeard.heardOtherThan("b", 0)).toBe(false);
  expect(lastHeard.heardOtherThan("c", 2000)).toBe(true);
});

test("somebody else counts if heard since the given time, also when the subject was heard after", () => {
  const lastHeard = new LastHeard();
  lastHeard.record("c", 1000);
  lastHeard.record("b", 1500);
  lastHeard.record("b", 1600);
  expect(lastHeard.heardOtherThan("b", 1000)).toBe(true);
  expect(lastHeard.heardOtherThan("b", 1001)).toBe(false);
});

test("a span in which we could not hear moves all that was heard, but never past now", () => {
  const lastHeard = new LastHeard();
  lastHeard.record("b", 1000);
  lastHeard.record("c", 2900);
  lastHeard.shift(500, 3000);
  expect(lastHeard.heardAt("b")).toBe(1500);
  expect(lastHeard.heardAt("c")).toBe(3000);
  expect(lastHeard.anybodyAt).toBe(3000);
  expect(lastHeard.heardOtherThan("c", 1500)).toBe(true);
  expect(lastHeard.heardOtherThan("c", 1501)).toBe(false);
});
