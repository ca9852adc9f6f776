import { expect, test } from "vitest";
import { formatViews, formatViewsSummary } from "../../../cli/format/views.ts";
import type { ViewBody, ViewsBody } from "../../../src/control/api-types.ts";
import type { MemberState } from "../../../src/core/member.ts";
import { PLAIN } from "../plain.ts";

function view(
  viewer: string,
  digest: string | null,
  states: Readonly<Record<string, MemberState>>,
  over: Partial<ViewBody> = {},
): ViewBody {
  const entries = Object.entries(states).map(([name, state]) => ({
    name,
    state,
    incarnation: 1,
    heardAgoMs: null,
    phi: null,
  }));
  return { viewer, digest, ageMs: 200, copy: 1, reachable: true, entries, ...over };
}

const BODY: ViewsBody = {
  v: 1,
  self: "n1",
  roundMs: 500,
  views: [
    view("n1", "9c1f", { n1: "alive", n2: "alive", n3: "dead" }),
    view("n2", "9c1f", { n1: "alive", n2: "alive", n3: "dead" }),
    view("n3", "77ab", { n1: "suspect", n3: "alive" }, { ageMs: 18_000, reachable: false }),
  ],
};

test("viewers are grouped by digest, who is missing is named, and the matrix shows who sees whom how", () => {
  expect(formatViews(PLAIN, BODY)).toEqual([
    "9c1f  n1 and n2",
    "?                 n3: dead here, not asked",
    "",
    "viewer → member  n1  n2  n3  AGE",
    "n1 (self)        ●   ●   ✗   now",
    "n2               ●   ●   ✗   0.20 s",
    "n3               ◐   ·   ●   18 s, unreachable",
  ]);
});

test("the last view of a viewer that is dead here is no view of now, and the others do not agree with it", () => {
  expect(formatViewsSummary(BODY)).toBe("2 of 3 answered and agree; n3: dead here, not asked");
});

test("only where each of them answered, all agree", () => {
  const views = ["n1", "n2"].map((name) => view(name, "9c1f", { n1: "alive", n2: "alive" }));
  expect(formatViewsSummary({ ...BODY, views })).toBe("all 2 agree");
});

test("the summary counts the different views", () => {
  const views = [view("n1", "9c1f", { n1: "alive" }), view("n2", "77ab", { n2: "alive" })];
  expect(formatViewsSummary({ ...BODY, views })).toBe("2 different views");
});

test("a view that was never fetched is no different view, and is said to be missing", () => {
  const views = [BODY.views[0], view("n9", null, {}, { ageMs: null })].filter(
    (v) => v !== undefined,
  );
  expect(formatViewsSummary({ ...BODY, views })).toBe(
    "1 of 2 answered; n9: no answer yet, ask again in a second",
  );
});
