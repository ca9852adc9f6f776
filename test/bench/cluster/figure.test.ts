import { expect, test } from "vitest";
import { type Figure, formatFigure, summarize } from "../../../src/bench/cluster/figure.ts";

function told(unit: Figure["unit"], samples: readonly number[]): string {
  return formatFigure({ what: "x", candidate: "hearsay", unit, samples });
}

test("the median of an even number of samples lies between the middle two", () => {
  expect(summarize([30, 10, 20, 100])).toEqual({ median: 25, max: 100, sum: 160 });
  expect(summarize([30, 10, 20])).toEqual({ median: 20, max: 30, sum: 60 });
});

test("without samples there is no figure", () => {
  expect(summarize([])).toBeUndefined();
  expect(told("ms", [])).toBe("-");
});

test("several samples are told as median and maximum, one alone as itself", () => {
  expect(told("ms", [240, 310, 250])).toBe("0.25 s (max 0.31 s)");
  expect(told("ms", [240])).toBe("0.24 s");
});

test("runs are counted among all runs, things are added up", () => {
  expect(told("runs", [0, 1, 0])).toBe("1 of 3");
  expect(told("count", [0, 2, 1])).toBe("3");
});

test("each amount carries its unit", () => {
  expect(told("percent", [0.523])).toBe("0.52 %");
  expect(told("MiB", [57.04])).toBe("57.0 MiB");
  expect(told("bytes/s", [267])).toBe("267 B/s");
  expect(told("bytes/s", [1_250])).toBe("1.3 kB/s");
  expect(told("datagrams/s", [16])).toBe("16.0 /s");
});
