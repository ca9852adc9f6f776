import { expect, test } from "vitest";
import { keyNames } from "../../../../cli/dashboard/keys/key-map.ts";
import { readFilter } from "../../../../src/viewing/member-filter.ts";
import { member } from "../states.ts";

const MEMBERS = [
  member("n1"),
  member("n2", { state: "suspect", tags: { rack: "3" } }),
  member("web-1", { state: "dead", address: "10.1.2.3:7000" }),
];

test.each([
  ["", ["n1", "n2", "web-1"]],
  ["!", ["n1", "n2", "web-1"]],
  ["n", ["n1", "n2"]],
  ["WEB", ["web-1"]],
  ["10.1", ["web-1"]],
  ["dead", ["web-1"]],
  ["!dead", ["n1", "n2"]],
  ["s:suspect", ["n2"]],
  ["s:", ["n1", "n2", "web-1"]],
  ["t:rack=3", ["n2"]],
  ["n !s:suspect", ["n1"]],
])("the filter %j picks %j", (filter, names) => {
  expect(MEMBERS.filter(readFilter(filter)).map(({ name }) => name)).toEqual(names);
});

test("frozen and slow members are found by these words, and by their states", () => {
  const members = [
    member("n1", { state: "suspect", silence: "frozen" }),
    member("n2", { slowness: 3 }),
    member("n3", { state: "suspect", silence: "silence" }),
  ];
  const found = (filter: string) => members.filter(readFilter(filter)).map(({ name }) => name);
  expect([found("s:frozen"), found("slow")]).toEqual([["n1"], ["n2"]]);
  expect([found("suspect"), found("s:alive")]).toEqual([["n1", "n3"], ["n2"]]);
});

test("escape and a character in quick succession are two keys", () => {
  expect(keyNames("v", { meta: true } as Parameters<typeof keyNames>[1])).toEqual(["escape", "v"]);
});

test("characters that come at once are keys one by one", () => {
  const none = {} as Parameters<typeof keyNames>[1];
  expect(keyNames("jj\r", none)).toEqual(["j", "j", "enter"]);
  expect(keyNames("c", { ...none, ctrl: true })).toEqual(["ctrl-c"]);
  expect(keyNames("", { ...none, delete: true })).toEqual(["backspace"]);
});
