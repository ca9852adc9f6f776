import { expect, test } from "vitest";
import type { ViewBody, ViewsBody } from "../../src/control/api-types.ts";
import {
  evaluateWait,
  parseWaitCondition,
  type WaitCondition,
} from "../../src/control/client/wait-condition.ts";
import { memberBody, membersBody } from "../cli/format/bodies.ts";

const MEMBERS = membersBody([
  memberBody("n1"),
  memberBody("n2"),
  memberBody("n3", { state: "dead" }),
  memberBody("n4", { state: "suspect" }),
]);

const SETTLED = membersBody(MEMBERS.members.filter(({ state }) => state !== "suspect"));

function views(...of: readonly Partial<ViewBody>[]): ViewsBody {
  const full = of.map((view) => ({
    viewer: "n1",
    digest: "aa",
    ageMs: 0,
    copy: 1,
    reachable: true,
    entries: [],
    ...view,
  }));
  return { v: 1, self: "n1", roundMs: 500, views: full };
}

const isMet = (text: string, members = MEMBERS, of?: ViewsBody) =>
  evaluateWait(parseWaitCondition(text), members, of).isMet;

test.each<[string, WaitCondition]>([
  ["converged", { kind: "converged" }],
  ["alive=5", { kind: "count", state: "alive", count: 5 }],
  ["dead=n3", { kind: "state", state: "dead", member: "n3" }],
  ["member=5", { kind: "member", member: "5" }],
])("%s is read", (text, condition) => {
  expect(parseWaitCondition(text)).toEqual(condition);
});

test.each(["", "alive", "alive=", "gone=n3", "a=b=c", "=5"])("%j is refused", (text) => {
  expect(() => parseWaitCondition(text)).toThrow(/^--for: .* is not a condition; use converged/);
});

test("a count must be met exactly: five alive are not four", () => {
  expect([isMet("alive=2"), isMet("alive=1"), isMet("alive=3")]).toEqual([true, false, false]);
});

test("a state is met by that member alone", () => {
  expect([isMet("dead=n3"), isMet("dead=n1"), isMet("left=n9")]).toEqual([true, false, false]);
});

test("a suspected member is still there, a dead one is not", () => {
  expect([isMet("member=n4"), isMet("member=n3"), isMet("member=n9")]).toEqual([
    true,
    false,
    false,
  ]);
});

test("nothing is converged while somebody is suspected", () => {
  const all = views({}, { viewer: "n2" }, { viewer: "n4" });
  expect(isMet("converged", MEMBERS, all)).toBe(false);
});

test("converged means that each living member was heard to hold the same view", () => {
  expect(isMet("converged", SETTLED, views({}, { viewer: "n2" }))).toBe(true);
});

test.each([
  ["holds another view", { digest: "bb" }],
  ["did not tell its view", { digest: null }],
  ["did not answer when asked last", { reachable: false }],
])("nothing is converged while a living member %s", (_, view) => {
  expect(isMet("converged", SETTLED, views({}, { viewer: "n2", ...view }))).toBe(false);
});

test("a node whose view may lack members is not converged, although all whom it knows agree", () => {
  const joining = { ...SETTLED, notYet: "joining" as const };
  const { isMet, finding } = evaluateWait(
    parseWaitCondition("converged"),
    joining,
    views({}, { viewer: "n2" }),
  );
  expect(isMet).toBe(false);
  expect(finding).toMatch(/^its view may lack members: it has just started/);
});

test("the finding says what is missing", () => {
  expect(evaluateWait(parseWaitCondition("alive=5"), MEMBERS, undefined).finding).toBe(
    "2 alive (n1 and n2)",
  );
});
