import { expect, test } from "vitest";
import type { MemberBody } from "../../src/control/api-types.ts";
import { readAllRoundTrips, readRoundTrips } from "../../src/control/client/client-round-trips.ts";
import type { MembersAnswer } from "../../src/control/client.ts";

const NODES: Readonly<Record<string, Readonly<Record<string, number | null>>>> = {
  a: { a: null, b: 2, c: 0.5, d: null },
  b: { a: 3, b: null },
};

function node(self: string) {
  return {
    members: async () => {
      const seen = NODES[self];
      if (seen === undefined) throw new Error("it does not answer");
      const members = Object.entries(seen).map(
        ([name, rttMs]) =>
          ({ name, rttMs, rttDeviationMs: rttMs, api: name, state: "alive" }) as MemberBody,
      );
      return { self, members } as unknown as MembersAnswer;
    },
  };
}

test("the round trips of a node are in order, and those that it does not measure are left out", async () => {
  expect((await readRoundTrips(node("a"))).trips.map(({ to, rttMs }) => [to, rttMs])).toEqual([
    ["c", 0.5],
    ["b", 2],
  ]);
});

test("every member is asked for its own, and those that do not answer are named", async () => {
  const { trips, silent } = await readAllRoundTrips(node("a"), node);
  expect(trips.map(({ from, to }) => from + to)).toEqual(["ac", "ab", "ba"]);
  expect(silent).toEqual(["c", "d"]);
});
