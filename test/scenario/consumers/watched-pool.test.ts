import { expect, test } from "vitest";
import type { MemberReading } from "../../../src/cluster/cluster.ts";
import { watchedPool } from "../../../src/scenario/consumers/watched-pool.ts";

const MEMBERS = { members: ["b"] };

function known(given: Partial<MemberReading> = {}): readonly MemberReading[] {
  return [{ name: "b", state: "alive", phi: 0.2, lastHeardMs: 100, waitingMs: null, ...given }];
}

test.each([
  [{ phi: 3 }, ["b"]],
  [{ phi: 3.01 }, []],
  [{ phi: null }, ["b"]],
  [{ state: "suspect", phi: 2 }, ["b"]],
  [{ state: "dead", phi: null }, []],
  [{ state: "left", phi: null }, []],
] as const)("by maxPhi 3 of a member that is %o it uses %o", (given, used) => {
  const pool = watchedPool(MEMBERS, { by: "phi", maxPhi: 3 }, known(given));
  expect(pool).toEqual({ members: used, panic: false });
});

test.each([
  [{ lastHeardMs: 2000 }, ["b"]],
  [{ lastHeardMs: 2001 }, []],
  [{ lastHeardMs: null }, []],
  [{ state: "dead", lastHeardMs: 10 }, ["b"]],
] as const)("by a timeout of 2 s of a member that is %o it uses %o", (given, used) => {
  const pool = watchedPool(MEMBERS, { by: "timeout", timeoutMs: 2000 }, known(given));
  expect(pool.members).toEqual(used);
});

test.each([
  [{ waitingMs: null }, ["b"]],
  [{ waitingMs: 500 }, ["b"]],
  [{ waitingMs: 501 }, []],
  // It is not asked any more.
  [{ state: "dead", waitingMs: null }, []],
  [{ state: "left", waitingMs: null }, []],
] as const)("by 500 ms for an answer of a member that is %o it uses %o", (given, used) => {
  const decides = { by: "answer-timeout", timeoutMs: 500 } as const;
  expect(watchedPool(MEMBERS, decides, known(given)).members).toEqual(used);
});

test("who is not watched is not used", () => {
  const others = known({ name: "c" });
  expect(watchedPool(MEMBERS, { by: "phi", maxPhi: 3 }, others).members).toEqual([]);
});
