import { expect, test } from "vitest";
import type { EventBody } from "../../src/control/api-types.ts";
import { isWanted, parseEventKinds } from "../../src/events/pick-events.ts";

const death = { event: "member-changed", member: "n3", from: "suspect", to: "dead", by: "n1" };
const path = { event: "path-changed", from: "n1", to: "n2", ok: false };

test.each([
  [death, "n3", true],
  [death, "n1", false],
  [death, "dead", false],
  [path, "n2", true],
  [path, "n3", false],
])("%j is about %s: %s", (event, member, isAbout) => {
  expect(isWanted(event as unknown as EventBody, { member, kinds: [] })).toBe(isAbout);
});

test("a kind that does not exist is refused with those that do", () => {
  expect(parseEventKinds("--kind", ["joined", "left"])).toEqual(["joined", "left"]);
  expect(() => parseEventKinds("--kind", ["death"])).toThrow(
    /^--kind: "death" is not a kind of event; choose from accused, .*member-changed/,
  );
});
