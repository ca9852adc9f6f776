import { expect, test } from "vitest";
import { choosePace } from "../../../../cli/dashboard/reading/node-feed.ts";
import type { MemberBody } from "../../../../src/control/api-types.ts";
import { emptyState, updateState } from "../../../../src/viewing/watched-state.ts";
import { member, membersBody, NOW_MS } from "../states.ts";

const pace = (...members: MemberBody[]) =>
  choosePace(updateState(emptyState("u"), { kind: "members", body: membersBody(members) }, NOW_MS));

test("a silent member is read often enough to see its phi climb", () => {
  const quiet = pace(member("n2"));
  const silent = pace(member("n2", { phi: 3 }));
  expect(silent.membersMs).toBeLessThanOrEqual(200);
  expect(quiet.membersMs).toBeGreaterThan(2 * silent.membersMs);
});

test("the dead, and suspects of long ago, are no reason to hurry", () => {
  expect(pace(member("n2", { state: "dead", phi: 99 }))).toEqual(pace(member("n2")));
  expect(pace(member("n2", { state: "suspect", stateForMs: 60_000 }))).toEqual(pace(member("n2")));
});

test("a large cluster is read less often", () => {
  const many = Array.from({ length: 300 }, (_, at) => member(`n${at}`));
  expect(pace(...many).membersMs).toBeGreaterThan(pace(member("n2")).membersMs);
  expect(pace(...many).viewsMs).toBeGreaterThan(pace(member("n2")).viewsMs);
});
