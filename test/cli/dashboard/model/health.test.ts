import { expect, test } from "vitest";
import type { MemberBody } from "../../../../src/control/api-types.ts";
import { distinctViews, judgeHealth } from "../../../../src/viewing/health.ts";
import { whoSeesWhat } from "../../../../src/viewing/view-matrix.ts";
import { emptyState, updateState } from "../../../../src/viewing/watched-state.ts";
import { member, membersBody, NOW_MS, self, view } from "../states.ts";

function health(members: readonly MemberBody[], isolated = false) {
  const asked = updateState(emptyState("http://x"), { kind: "self", body: self() }, NOW_MS);
  const body = { ...membersBody(members), isolated };
  return judgeHealth(updateState(asked, { kind: "members", body }, NOW_MS));
}

test("before the first answer it is connecting, and after a loss without answer", () => {
  const asked = emptyState("http://x");
  expect(judgeHealth(asked)).toBe("CONNECTING");
  expect(judgeHealth(updateState(asked, { kind: "lost", why: "x" }, NOW_MS))).toBe("NO ANSWER");
});

test("suspects and the dead degrade a cluster, those that left do not", () => {
  const two = [member("n1"), member("n2")];
  expect(health(two)).toBe("HEALTHY");
  expect(health([...two, member("n3", { state: "left" })])).toBe("HEALTHY");
  expect(health([...two, member("n3", { state: "dead" })])).toBe("DEGRADED");
  expect(health([...two, member("n3", { state: "suspect" })])).toBe("DEGRADED");
});

test("a node that hears nobody is isolated, one that knows nobody is alone", () => {
  expect(health([member("n1"), member("n2")], true)).toBe("ISOLATED");
  expect(health([member("n1")])).toBe("ALONE");
});

test("a guest's pool is degraded while a path is down, and one member is enough to be not alone", () => {
  const guest = self({ name: "guest", profile: "guest" });
  let shown = updateState(emptyState("http://x"), { kind: "self", body: guest }, NOW_MS);
  shown = updateState(shown, { kind: "members", body: membersBody([member("n1")]) }, NOW_MS);
  expect(judgeHealth(shown)).toBe("HEALTHY");
  const path = { from: "n1", to: "n2", ok: 0, of: 3, rttMs: null, how: "nack" as const };
  const body = { v: 1, self: "guest", paths: [{ ...path, downForMs: 2000 }] } as const;
  expect(judgeHealth(updateState(shown, { kind: "paths", body }, NOW_MS))).toBe("DEGRADED");
});

test("views are counted by digest, those that are not of now left out", () => {
  const views = [
    view("n1", [], { ageMs: 0 }),
    view("n2", []),
    view("n3", [], { digest: "77ab" }),
    view("n4", [], { digest: "0d42", reachable: false }),
    view("n5", [], { digest: null, ageMs: null }),
  ];
  const body = { v: 1, self: "n1", roundMs: 500, views } as const;
  const limits = { probeIntervalMs: 1000, phiSuspect: 8, changedAtMs: 0, copy: 1 } as const;
  const matrix = whoSeesWhat({ body, atMs: NOW_MS }, limits);
  expect(distinctViews(matrix)).toEqual([["n1", "n2"], ["n3"]]);
});
