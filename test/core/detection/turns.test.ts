import { describe, expect, test } from "vitest";
import { Turns } from "../../../src/core/detection/turns.ts";
import { CONFIG, names, T } from "../builders.ts";

const inSmall = () => new Turns(CONFIG, () => false);

/** When observers ask that each come as they are told, and begin one after another within a period. */
function asks(observers: readonly string[], forMs: number, turns = inSmall(), from = 0) {
  const due = new Map(observers.map((name, at) => [name, from + (at * T) / observers.length]));
  const asked: { readonly name: string; readonly at: number }[] = [];
  for (;;) {
    const [name, at] = [...due].reduce((first, each) => (each[1] < first[1] ? each : first));
    if (at > from + forMs) return asked;
    asked.push({ name, at });
    due.set(name, at + turns.next(name, at));
  }
}

function gaps(times: readonly { readonly at: number }[]): number[] {
  return times.slice(1).map(({ at }, index) => at - (times[index]?.at ?? 0));
}

describe("turns", () => {
  test.each([
    { count: 3, isLarge: false, gapMs: 0.75 * T },
    { count: 5, isLarge: false, gapMs: 0.75 * T },
    { count: 9, isLarge: false, gapMs: 0.75 * T },
    { count: 8, isLarge: true, gapMs: 0.5 * T },
  ])(
    "come $gapMs ms apart with $count observers, however they began (large: $isLarge)",
    ({ count, isLarge, gapMs }) => {
      const turns = new Turns(CONFIG, () => isLarge);
      const later = asks(names(count), 60 * T, turns).filter(({ at }) => at > 20 * T);
      expect(later.length).toBeGreaterThan(50);
      for (const gap of gaps(later)) expect(gap).toBeCloseTo(gapMs, 6);
      for (const name of names(count)) {
        for (const gap of gaps(later.filter((each) => each.name === name))) {
          expect(gap).toBeCloseTo(count * gapMs, 6);
        }
      }
    },
  );

  test("are a period apart for one observer", () => {
    const later = asks(names(1), 30 * T).filter(({ at }) => at > 9 * T);
    expect(later.length).toBeGreaterThan(15);
    for (const gap of gaps(later)) expect(gap).toBeCloseTo(T, 6);
  });

  test("come sooner when an observer has gone, so that the pauses stay as they were", () => {
    const turns = inSmall();
    asks(names(8), 30 * T, turns);
    const later = asks(names(6), 60 * T, turns, 30 * T).filter(({ at }) => at > 50 * T);
    for (const gap of gaps(later)) expect(gap).toBeCloseTo(0.75 * T, 6);
  });

  test("are kept by an observer that asks again before its turn", () => {
    const turns = inSmall();
    asks(names(6), 20 * T, turns);
    const waitMs = turns.next("m00", 20 * T);
    expect(turns.next("m00", 20 * T + 50)).toBe(waitMs - 50);
    expect(turns.next("m00", 20 * T + 100)).toBe(waitMs - 100);
  });

  test("are no later than eight periods, whatever the number of askers", () => {
    const turns = inSmall();
    const waits = names(60).map((name) => turns.next(name, 0));
    expect(Math.max(...waits)).toBe(8 * T);
  });
});
