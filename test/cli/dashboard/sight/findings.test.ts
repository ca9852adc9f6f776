import { expect, test } from "vitest";
import { findFindings } from "../../../../cli/dashboard/sight/findings.ts";
import { whoSeesWhat } from "../../../../cli/dashboard/sight/who-sees-what.ts";
import type { MemberBody, ViewBody } from "../../../../src/control/api-types.ts";
import { member, NOW_MS, view } from "../pictures.ts";

const NAMES = ["n1", "n2", "n3", "n4", "n5"];

interface Told {
  readonly members?: readonly MemberBody[];
  readonly views?: (members: readonly MemberBody[]) => ViewBody[];
  readonly changedAtMs?: number;
}

function findings({ members = NAMES.map((name) => member(name)), views, changedAtMs = 0 }: Told) {
  const told = views?.(members) ?? members.map(({ name }) => view(name, members));
  const reading = { body: { v: 1 as const, self: "n1", views: told }, atMs: NOW_MS };
  return findFindings(whoSeesWhat(reading, 1000, changedAtMs), members);
}

const dead = (...gone: string[]) =>
  NAMES.map((name) => member(name, gone.includes(name) ? { state: "dead" } : {}));
const crashed = (gone: string) =>
  NAMES.map((name) =>
    member(name, name === gone ? { state: "dead", cause: "refusal", refused: true } : {}),
  );

test("where all agree there is nothing to find", () => {
  expect(findings({})).toEqual([]);
});

test("several that fell silent may be the other side of a split", () => {
  const views = (members: readonly MemberBody[]) =>
    ["n1", "n2", "n3"].map((name) => view(name, members));
  expect(findings({ members: dead("n4", "n5"), views })).toEqual([
    "split {n4 n5} | {n1 n2 n3}? silent, not refused: cut off, frozen or hosts down",
  ]);
});

test("one whose host refused has crashed, and is no split", () => {
  expect(findings({ members: crashed("n5") })).toEqual([
    "n5 refused: no process owns the port, so it crashed",
  ]);
});

test("one that several do not hear while it hears them loses what it sends", () => {
  const views = (members: readonly MemberBody[]) =>
    NAMES.map((name) =>
      view(name, members, name === "n1" || name === "n2" ? { heard: { n3: 9_000 } } : {}),
    );
  expect(findings({ views })).toEqual(["one-way loss from n3 to n1 n2 likely"]);
});

test("one that hears nobody while all hear it loses what it is sent", () => {
  const silence = { n1: 9_000, n2: 9_000, n4: null };
  const views = (members: readonly MemberBody[]) =>
    NAMES.map((name) => view(name, members, name === "n3" ? { heard: silence } : {}));
  expect(findings({ views })).toEqual(["one-way loss to n3 from n1 n2 n4 likely"]);
});

test("a member about whom views differ is disputed, with its sides", () => {
  const views = (members: readonly MemberBody[]) =>
    NAMES.map((name) =>
      view(
        name,
        members.map((each) =>
          each.name === "n5" && name === "n4" ? { ...each, state: "dead" as const } : each,
        ),
      ),
    );
  expect(findings({ views })).toEqual(["n5 disputed: alive for n1 n2 n3, dead for n4"]);
});

test("a view told before the last change contradicts nobody", () => {
  const members = crashed("n5");
  const old = members.map((each) => ({ ...each, state: "alive" as const }));
  const views = () => [view("n1", members, { ageMs: 0 }), view("n2", old, { ageMs: 900 })];
  expect(findings({ members, views, changedAtMs: NOW_MS - 500 })).toHaveLength(1);
  expect(findings({ members, views, changedAtMs: NOW_MS - 2000 })).toContain(
    "n5 disputed: dead for n1, alive for n2",
  );
});

test("an unreachable viewer's last view contradicts nobody", () => {
  const members = crashed("n5");
  const views = () => [
    view("n1", members, { ageMs: 0 }),
    view(
      "n5",
      NAMES.map((name) => member(name)),
      { reachable: false },
    ),
  ];
  expect(findings({ members, views })).toHaveLength(1);
});

test("of a suspect it is told who does not hear it and who does", () => {
  const members = NAMES.map((name) => member(name, name === "n3" ? { state: "suspect" } : {}));
  const views = () =>
    NAMES.map((name) =>
      view(name, members, ["n1", "n2"].includes(name) ? { heard: { n3: 9000 } } : {}),
    );
  expect(findings({ members, views })).toContain(
    "n3 is suspect: not heard by n1 n2; heard by n4 n5",
  );
});

test("a member that answers another node only hints at the link between", () => {
  const members = NAMES.map((name) => member(name, name === "n3" ? { reachedThrough: "n4" } : {}));
  expect(findings({ members })).toEqual([
    "n3 answers n4, but not this node: loss between the two likely",
  ]);
});
