import { expect, test } from "vitest";
import { PartitionHistory } from "../../../src/cluster/observe/partition-history.ts";

const CUT = { drop: 1 } as const;
const both = (left: string[], right: string[]) => [
  { from: left, to: right, ...CUT },
  { from: right, to: left, ...CUT },
];

test("who lost a path of its own is not apart as long as another one leads there", () => {
  const separations = new PartitionHistory(["a", "b", "c"]);
  separations.setLinks(both(["a"], ["c"]), 1000);
  expect(separations.between("a", "c")).toEqual([]);
});

test("sides are apart until the links heal, across changes that keep them apart", () => {
  const separations = new PartitionHistory(["a", "b", "c"]);
  separations.setLinks(both(["a"], ["b", "c"]), 1000);
  separations.setLinks([...both(["a"], ["b", "c"]), ...both(["b"], ["c"])], 2000);
  separations.setLinks([], 3000);
  expect(separations.between("a", "c")).toEqual([{ fromMs: 1000, untilMs: 3000 }]);
  expect(separations.between("b", "c")).toEqual([{ fromMs: 2000, untilMs: 3000 }]);
});

test("one direction that is cut is no way, a lossy one is", () => {
  const separations = new PartitionHistory(["a", "b"]);
  separations.setLinks([{ from: ["a"], to: ["b"], drop: 0.9 }], 1000);
  separations.setLinks([{ from: ["a"], to: ["b"], drop: 1 }], 2000);
  expect(separations.between("a", "b")).toEqual([
    { fromMs: 2000, untilMs: Number.POSITIVE_INFINITY },
  ]);
});
