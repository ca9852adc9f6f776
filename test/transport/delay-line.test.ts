import { expect, test } from "vitest";
import { DelayLine } from "../../src/transport/delay-line.ts";

test("what is due first leaves first, whatever was held first", async () => {
  const line = new DelayLine();
  const left: string[] = [];
  await new Promise<void>((resolve) => {
    line.hold(60, () => {
      left.push("late");
      resolve();
    });
    line.hold(5, () => left.push("early"));
    line.hold(30, () => left.push("between"));
  });
  expect(left).toEqual(["early", "between", "late"]);
});

test("what is due at the same time keeps its order", async () => {
  const line = new DelayLine();
  const left: number[] = [];
  await new Promise<void>((resolve) => {
    for (let at = 0; at < 100; at++) line.hold(10, () => left.push(at));
    line.hold(11, resolve);
  });
  expect(left).toEqual(Array.from({ length: 100 }, (_, at) => at));
});

test("nothing leaves after clear, and the line goes on to work", async () => {
  const line = new DelayLine();
  const left: string[] = [];
  line.hold(1, () => left.push("cleared"));
  line.clear();
  expect(line.size).toBe(0);
  await new Promise<void>((resolve) => line.hold(20, resolve));
  expect(left).toEqual([]);
});

test("a full line refuses instead of growing", () => {
  const line = new DelayLine();
  const taken = Array.from({ length: 20_000 }, () => line.hold(60_000, () => undefined));
  expect(taken.filter(Boolean)).toHaveLength(line.size);
  expect(line.size).toBeLessThan(20_000);
  line.clear();
});
