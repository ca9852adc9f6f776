import { expect, test } from "vitest";
import { inputRules, withoutDrops } from "../../../src/cluster/netns/kernel-faults.ts";
import type { LinkRules } from "../../../src/transport/link-rules.ts";

const ADDRESSES = new Map([
  ["a", "10.77.1.1"],
  ["b", "10.77.1.2"],
  ["c", "10.77.1.3"],
]);

test("a cut is the receiver's to make, in its own direction alone", () => {
  const rules: LinkRules = [{ from: ["a"], to: ["b"], drop: 1 }];
  expect(dropsOf("b", rules)).toEqual(["ip saddr 10.77.1.1 drop"]);
  expect(dropsOf("a", rules)).toEqual([]);
  expect(dropsOf("c", rules)).toEqual([]);
});

test("losses of one link are taken together, in hundredths of a percent", () => {
  const rules: LinkRules = [
    { from: "*", to: "*", drop: 0.3 },
    { from: ["c"], to: "*", drop: 0.5 },
  ];
  expect(dropsOf("b", rules)).toEqual([
    "ip saddr 10.77.1.1 numgen random mod 10000 < 3000 drop",
    "ip saddr 10.77.1.3 numgen random mod 10000 < 6500 drop",
  ]);
});

test("what is rejected is refused by the receiver's kernel, as a filter on the way does it", () => {
  const rules: LinkRules = [{ from: ["a"], to: ["b"], drop: 1, reject: true }];
  expect(inputRules("b", rules, ADDRESSES, false)).toContain(
    "ip saddr 10.77.1.1 reject with icmp type port-unreachable",
  );
  expect(withoutDrops(rules)).toEqual([]);
});

test("behind a firewall no refusal is heard, whatever the rules", () => {
  expect(dropsOf("b", [], true)).toEqual(["icmp type destination-unreachable drop"]);
});

test("delays, duplicates and reordering are left to the daemons, drops are not", () => {
  expect(
    withoutDrops([
      { from: ["a"], to: ["b"], drop: 1 },
      { from: "*", to: "*", drop: 0.3, delayMs: 40 },
      { from: "*", to: ["c"], reorder: 0.1 },
    ]),
  ).toEqual([
    { from: "*", to: "*", delayMs: 40 },
    { from: "*", to: ["c"], reorder: 0.1 },
  ]);
});

/** The rules of a host's script that drop something. */
function dropsOf(host: string, rules: LinkRules, dropsIcmp = false): string[] {
  const lines = inputRules(host, rules, ADDRESSES, dropsIcmp).split("\n");
  return lines.map((line) => line.trim()).filter((line) => line.endsWith(" drop"));
}
