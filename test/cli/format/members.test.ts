import { expect, test } from "vitest";
import {
  formatFaultsBadge,
  formatMembers,
  formatMembersSummary,
} from "../../../cli/format/members.ts";
import { plainService } from "../../../src/core/member.ts";
import { PLAIN } from "../plain.ts";
import { memberBody, membersBody } from "./bodies.ts";

const BODY = membersBody([
  memberBody("n1", { phi: null, lastHeardMs: null, rttMs: null, rttDeviationMs: null }),
  memberBody("n2", { services: [plainService("web", 8080)], tags: { rack: "3" } }),
  memberBody("n3", {
    state: "suspect",
    phi: 6.1,
    stateForMs: 1_100,
    accusers: ["n2", "n1"],
    reachedThrough: "n4",
  }),
  memberBody("n5", { state: "dead", stateForMs: 18_000, lastHeardMs: 20_000, phi: 310 }),
]);

test("the members are one aligned line each, with phi as number and bar", () => {
  expect(formatMembers(PLAIN, BODY, 8)).toEqual([
    "MEMBER     ADDRESS         STATE            PHI            HEARD           RTT  INCARNATION  NOTE",
    "n1 (self)  127.0.0.1:7001  ● alive            -                -             -            4",
    "n2         127.0.0.1:7001  ● alive          0.4  ▍        0.12 s  0.4 ± 0.1 ms            4  web:8080; rack=3",
    "n3         127.0.0.1:7001  ◐ suspect 1.1 s  6.1  ██████▏  0.12 s  0.4 ± 0.1 ms            4  accused by n2, n1; reachable only through n4",
    "n5         127.0.0.1:7001  ✗ dead 18 s        -             20 s  0.4 ± 0.1 ms            4",
  ]);
});

test.each([
  [
    { state: "suspect", silence: "frozen", lastHeardMs: 12_000, accusers: ["n2"] },
    "frozen: its host answers, it does not, 12 s; accused by n2",
  ],
  [
    { state: "suspect", silence: "unreachable", lastHeardMs: null },
    "unreachable: its host is silent, too",
  ],
  [{ state: "dead", silence: "crashed" }, "crashed: its process ended"],
  [
    { state: "alive", slowness: 2.4, lastHeardMs: 480, rttMs: 1.2 },
    "slow: usually 1.2 ms, heard 0.48 s ago",
  ],
  [{ state: "suspect", slowness: 9, accusers: [] }, ""],
  [{ state: "alive", slowness: 1.9 }, ""],
] as const)("the note says what is known of a silence: %j", (more, note) => {
  const [, line] = formatMembers(PLAIN, membersBody([memberBody("n3", more)]), 8);
  expect(line?.slice(line.indexOf(" 4") + 2).trim()).toBe(note);
});

test("in ASCII no line holds any other character", () => {
  const lines = formatMembers({ color: false, ascii: true }, BODY, 8).join("\n");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII begins with them
  expect(lines).toMatch(/^[\x00-\x7f]*$/);
  expect(lines).toContain("? suspect");
});

test("colour is added to the word and its glyph, never instead of them", () => {
  const [, , , suspect] = formatMembers({ color: true, ascii: false }, BODY, 8);
  expect(suspect).toContain("\x1b[33m◐ suspect\x1b[39m");
});

test("a dead member shows no phi: it is not measured against life any more", () => {
  expect(formatMembers(PLAIN, BODY, 8).at(-1)).not.toContain("310");
});

test("the summary counts the states that occur and names the view", () => {
  expect(formatMembersSummary(BODY)).toBe(
    "n1 sees 2 alive, 1 suspect, 1 dead of 4 members; view 9c1f00000000beef",
  );
});

test("the summary says when the node is isolated", () => {
  expect(formatMembersSummary({ ...BODY, isolated: true })).toMatch(/it is isolated/);
});

test("a node that takes faults says so, and how many rules break its links", () => {
  const badge = (allowed: boolean, rules: number) =>
    formatFaultsBadge({ name: "n1", faults: { allowed, rules } });
  expect(badge(false, 0)).toBeUndefined();
  expect(badge(true, 0)).toBe("FAULTS: n1 allows them (--allow-faults), and has none now");
  expect(badge(true, 2)).toMatch(/^FAULTS: n1 breaks its links by 2 rules/);
});
