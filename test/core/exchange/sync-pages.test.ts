import { describe, expect, test } from "vitest";
import { PROFILES } from "../../../src/core/config.ts";
import { isBetter } from "../../../src/core/exchange/sync-pages.ts";
import type { MemberState } from "../../../src/core/member.ts";
import { type Member, MembershipTable } from "../../../src/core/membership/table.ts";
import { belief, record } from "../builders.ts";

const MINUTE = 60_000;
const { tombstoneMs } = PROFILES.lan;
const LAST_MINUTE = tombstoneMs - MINUTE;
const NOW = 2 * tombstoneMs;

function held(state: MemberState, ageMs: number, incarnation = 2): Member {
  const table = new MembershipTable(PROFILES.lan);
  const of = record("a", { incarnation });
  table.apply({ record: of, state, since: NOW - ageMs, by: "judge" }, NOW - ageMs);
  return table.get("a") as Member;
}

function dead(ageMs: number, incarnation = 2) {
  return belief(record("a", { incarnation }), "dead", { by: "judge", ageMs });
}

describe("the peer of a sync needs what is believed here where", () => {
  test.each([
    ["it lacks it", held("alive", 0), undefined, true],
    ["what it holds is older", held("dead", 0), dead(0, 1), true],
    ["what it holds is newer", held("dead", 0), dead(0, 3), false],
    ["it holds the same, whatever its age", held("dead", 0), dead(LAST_MINUTE - 1), false],
    ["it tells of the same end no more", held("dead", 0), dead(LAST_MINUTE), true],
    ["nor does this node", held("dead", LAST_MINUTE), dead(tombstoneMs - 1), false],
    ["its age is only that of the news", held("dead", LAST_MINUTE - 1), dead(LAST_MINUTE), false],
    [
      "it holds another end",
      held("dead", 0),
      { ...dead(LAST_MINUTE), state: "left" } as const,
      false,
    ],
  ] as const)("%s: %#", (_, ours, theirs, isNeeded) => {
    expect(isBetter(ours, theirs, PROFILES.lan, NOW)).toBe(isNeeded);
  });
});
