import { expect, test } from "vitest";
import { judge, type SoakRow, toRows } from "../../../src/bench/soak/judge-soak.ts";
import { drawFault } from "../../../src/bench/soak/random-faults.ts";
import { type DaemonSample, queuedIn } from "../../../src/bench/soak/sample-daemons.ts";
import { seededRng } from "../../../src/core/primitives/rng.ts";

const MB = 1024 * 1024;

function sampleAt(atMs: number, changes: Partial<DaemonSample> = {}): DaemonSample {
  const usual = { node: "n1", pid: 7, residentBytes: 70 * MB, handles: 20, queued: 0, apiMs: 1 };
  return { ...usual, atMs, ...changes };
}

const row: SoakRow = {
  ...{ node: "n1", samples: 6, earlyBytes: 70 * MB, lateBytes: 72 * MB, handlesBefore: 20 },
  ...{ handlesAfter: 21, queuedMost: 40, queuedAfter: 0, apiMedianMs: 1, apiWorstMs: 9 },
};

test("memory counts from the second sixth to the last, by medians, and only of processes that lived through it", () => {
  const during = [60, 70, 71, 72, 73, 74].map((mb, at) =>
    sampleAt(at * 100 + 50, { residentBytes: mb * MB, queued: at, apiMs: at }),
  );
  const killed = sampleAt(0, { node: "n2", pid: 8 });
  const [only, ...others] = toRows({
    ...{ forMs: 600, during: [...during, killed], digests: [] },
    before: [sampleAt(0), killed],
    after: [sampleAt(600, { handles: 22 }), sampleAt(600, { node: "n2", pid: 9 })],
  });
  expect(others).toEqual([]);
  expect(only).toEqual({
    ...{ node: "n1", samples: 6, earlyBytes: 70 * MB, lateBytes: 74 * MB, handlesBefore: 20 },
    ...{ handlesAfter: 22, queuedMost: 5, queuedAfter: 0, apiMedianMs: 2.5, apiWorstMs: 5 },
  });
});

test("what is flat is not complained of", () => {
  expect(judge([row], ["a", "a"])).toEqual([]);
});

test.each<[string, Partial<SoakRow>, string[]]>([
  ["n1 grew by 6.0 MB; 5.0 are allowed", { lateBytes: 76 * MB }, ["a"]],
  ["n1 holds 5 handles more than before; 4 are allowed", { handlesAfter: 25 }, ["a"]],
  ["n1 owes 21 messages at rest; 20 are allowed", { queuedAfter: 21 }, ["a"]],
  ["the 3 daemons have 2 different views at the end", {}, ["a", "b", "a"]],
])("%s", (complaint, changes, digests) => {
  expect(judge([{ ...row, ...changes }], digests)).toEqual([complaint]);
});

test("nobody to judge is not flat", () => {
  expect(judge([], ["a"])).toEqual(["no daemon ran from begin to end"]);
});

test("faults of every kind are drawn, the same with the same seed, and only mortals are killed", () => {
  const names = ["n1", "n2", "n3", "n4"];
  const draw = () => {
    const rng = seededRng([1, 2, 3, 4]);
    return Array.from({ length: 200 }, () => drawFault(rng, names, ["n3", "n4"]));
  };
  const faults = draw();
  expect(draw()).toEqual(faults);
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(4);
  const killed = faults.flatMap((fault) => (fault.kind === "kill" ? fault.nodes : []));
  expect(new Set(killed)).toEqual(new Set(["n3", "n4"]));
});

test("queues are added up from a page of metrics", () => {
  const page =
    'hearsay_queue_length{queue="relays"} 3\nhearsay_queue_length{queue="suspicions"} 4\nx 9\n';
  expect(queuedIn(page)).toBe(7);
});
