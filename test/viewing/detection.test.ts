import { expect, test } from "vitest";
import type { MemberBody } from "../../src/control/api-types.ts";
import {
  confirmDetection,
  describeDetection,
  newestDetection,
} from "../../src/viewing/detection.ts";
import { member, membersBody, view, viewsBody } from "../cli/dashboard/states.ts";

const SINCE_MS = 1_000_000;
const NOW_MS = SINCE_MS + 5000;

const DEAD = member("n3", { state: "dead", stateForMs: 400, lastHeardMs: 447 });
const members = (third: MemberBody) => ["n1", "n2"].map((name) => member(name)).concat(third);
const read = (third: MemberBody, atMs = NOW_MS) => ({ body: membersBody(members(third)), atMs });

test("a death is measured from the last datagram that the attached node heard", () => {
  const detection = newestDetection(read(DEAD), SINCE_MS, undefined);
  expect(detection).toMatchObject({ member: "n3", what: "dead", afterMs: 47, atMs: NOW_MS - 400 });
  expect(detection && describeDetection(detection, "n1", members(DEAD))).toBe(
    "n3 dead: n1 knew 47 ms after its last sign",
  );
});

test("what happened before anybody looked on is not measured", () => {
  const old = member("n3", { state: "dead", stateForMs: 60_000, lastHeardMs: 61_000 });
  expect(newestDetection(read(old), SINCE_MS, undefined)).toBeUndefined();
});

test("a later reading of the same death changes nothing, and a death after a return is another one", () => {
  const detection = newestDetection(read(DEAD), SINCE_MS, undefined);
  const again = member("n3", { state: "dead", stateForMs: 1420, lastHeardMs: 1467 });
  expect(newestDetection(read(again, NOW_MS + 1000), SINCE_MS, detection)).toBe(detection);
  const later = member("n3", { state: "dead", stateForMs: 10, lastHeardMs: 300 });
  expect(newestDetection(read(later, NOW_MS + 9000), SINCE_MS, detection)).toMatchObject({
    afterMs: 290,
  });
});

test("a member that no datagram was ever heard from has no measure", () => {
  const told = member("n3", { state: "dead", stateForMs: 400, lastHeardMs: null });
  const detection = newestDetection(read(told), SINCE_MS, undefined);
  expect(detection && describeDetection(detection, "n1", members(told))).toBe(
    "n3 dead: n1 was told",
  );
});

test("another viewer knew at the latest when the copy of its view was made", () => {
  const detection = newestDetection(read(DEAD), SINCE_MS, undefined);
  const seen = members(DEAD);
  // Made 150 ms before it was read, which was 100 ms after the detection's reading.
  const n2 = view("n2", seen, { ageMs: 150 });
  const confirmed = confirmDetection(detection, { body: viewsBody([n2]), atMs: NOW_MS + 100 });
  expect(confirmed?.latest).toEqual(new Map([["n2", 350]]));
  expect(confirmed && describeDetection(confirmed, "n1", seen)).toBe(
    "n3 dead: n1 knew 47 ms after its last sign, all 2 within 0.40 s",
  );
});

test("a view that only suspects it confirms a freeze, and no death", () => {
  const seen = members(member("n3", { state: "suspect" }));
  const views = { body: viewsBody([view("n2", seen)]), atMs: NOW_MS };
  expect(
    confirmDetection(newestDetection(read(DEAD), SINCE_MS, undefined), views)?.latest.size,
  ).toBe(0);
  const frozen = member("n3", { state: "suspect", silence: "frozen", stateForMs: 400 });
  const detection = newestDetection(read(frozen), SINCE_MS, undefined);
  expect(detection?.what).toBe("frozen");
  expect(confirmDetection(detection, views)?.latest.size).toBe(1);
});

test("viewers that do not answer, and the dead member itself, confirm nothing", () => {
  const seen = members(DEAD);
  const views = [view("n2", seen, { reachable: false }), view("n3", seen), view("n1", seen)];
  const detection = newestDetection(read(DEAD), SINCE_MS, undefined);
  expect(confirmDetection(detection, { body: viewsBody(views), atMs: NOW_MS })).toBe(detection);
});
