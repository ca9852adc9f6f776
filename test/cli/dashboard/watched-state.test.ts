import { expect, test } from "vitest";
import { recordPhis, resample } from "../../../src/viewing/phi-history.ts";
import {
  type DashboardState,
  emptyState,
  type StateUpdate,
  updateState,
} from "../../../src/viewing/watched-state.ts";
import { changedEvent, member, membersBody, NOW_MS, self } from "./states.ts";

function after(...updates: StateUpdate[]): DashboardState {
  return updates.reduce(
    (state, update, at) => updateState(state, update, NOW_MS + at * 1000),
    emptyState("u"),
  );
}

const members = (...all: Parameters<typeof member>[]): StateUpdate => ({
  kind: "members",
  body: membersBody(all.map((facts) => member(...facts))),
});

test("an event moves its row at once", () => {
  const state = after(members(["n2"]), {
    kind: "event",
    event: changedEvent("n2", "dead", { index: 3 }),
  });
  expect(state.members?.body.members[0]).toMatchObject({ state: "dead", stateForMs: 0 });
});

test("a death by refusal is one by its cause, whatever the sentence says", () => {
  const event = changedEvent("n2", "dead", { index: 3, cause: "refusal", reason: "n4 says so" });
  const state = after(members(["n2"]), { kind: "event", event });
  expect(state.members?.body.members[0]).toMatchObject({ cause: "refusal", refused: true });
});

test("an event tells the kind of the silence, and a return ends it", () => {
  const frozen = changedEvent("n2", "suspect", { index: 3, cause: "frozen" });
  const state = after(members(["n2"]), { kind: "event", event: frozen });
  expect(state.members?.body.members[0]).toMatchObject({ silence: "frozen", certainty: "fact" });
  const back = changedEvent("n2", "alive", { index: 4, cause: "refuted" });
  const later = updateState(state, { kind: "event", event: back }, NOW_MS);
  expect(later.members?.body.members[0]).toMatchObject({ silence: null, certainty: null });
});

test("a change is dated by the reader's clock: the node's may be years off", () => {
  const event = changedEvent("n2", "dead", { index: 3, time: "2031-01-01T00:00:00.000Z" });
  expect(after(members(["n2"]), { kind: "event", event }).changedAtMs).toBe(NOW_MS + 1000);
});

test("an event from before the reading changes no row", () => {
  const state = after(members(["n2"]), {
    kind: "event",
    event: changedEvent("n2", "dead", { index: 2 }),
  });
  expect(state.members?.body.members[0]?.state).toBe("alive");
});

test("a forgotten member's row goes", () => {
  const state = after(members(["n2"]), {
    kind: "event",
    event: changedEvent("n2", "alive", { index: 3, ...({ to: "forgotten" } as object) }),
  });
  expect(state.members?.body.members).toEqual([]);
});

test("a node that is lost keeps its last state, and is lost since it last answered", () => {
  const state = after(
    members(["n2"]),
    { kind: "self", body: self() },
    { kind: "lost", why: "a" },
    { kind: "lost", why: "b" },
  );
  expect(state.members?.body.members).toHaveLength(1);
  expect(state.connection).toEqual({ kind: "lost", sinceMs: NOW_MS + 1000, why: "b" });
});

test("a node that never answered is lost since the first failure", () => {
  const { connection } = after({ kind: "lost", why: "a" }, { kind: "lost", why: "b" });
  expect(connection).toEqual({ kind: "lost", sinceMs: NOW_MS, why: "b" });
});

test("any answer ends a loss", () => {
  expect(after({ kind: "lost", why: "a" }, members(["n2"])).connection).toEqual({ kind: "live" });
});

test("rates are between two readings of one run of the process", () => {
  const { traffic } = self();
  const later = self({ traffic: { ...traffic, datagramsIn: 142, pingsOut: 55 } });
  const state = after({ kind: "self", body: self() }, { kind: "self", body: later });
  expect(state.rates).toEqual({ inPerS: 42, outPerS: 0, probesPerS: 5 });
  const restarted = { ...later, startId: "another" };
  expect(
    after({ kind: "self", body: self() }, { kind: "self", body: restarted }).rates,
  ).toBeUndefined();
});

test("another run of the process begins its events anew", () => {
  const event = { kind: "event", event: changedEvent("n2", "dead") } as const;
  expect(after(event, { kind: "restarted" }, event).events).toHaveLength(1);
});

test("the last minute holds the highest phi of each second, and blanks where nothing was read", () => {
  let history = recordPhis(new Map(), [{ name: "a", phi: 1 }], 10_100);
  history = recordPhis(history, [{ name: "a", phi: 5 }], 10_500);
  history = recordPhis(history, [{ name: "a", phi: 2 }], 10_900);
  history = recordPhis(history, [{ name: "a", phi: 3 }], 12_000);
  expect(history.get("a")?.phis).toEqual([5, null, 3]);
  expect(resample(history.get("a"), 12_000, 60).slice(-4)).toEqual([null, 5, null, 3]);
  expect(resample(history.get("a"), 12_000, 20).slice(-2)).toEqual([null, 5]);
});

test("a minute is kept, and members that are gone are dropped", () => {
  let history = recordPhis(new Map(), [{ name: "b", phi: 1 }], 0);
  for (let second = 0; second < 100; second++) {
    history = recordPhis(history, [{ name: "a", phi: second }], second * 1000);
  }
  expect([...history.keys()]).toEqual(["a"]);
  expect(history.get("a")?.phis).toHaveLength(60);
});
