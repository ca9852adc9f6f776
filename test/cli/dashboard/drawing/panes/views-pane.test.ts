import { expect, test } from "vitest";
import { seesLines, shapeMatrix } from "../../../../../cli/dashboard/drawing/panes/matrix-lines.ts";
import { FIRST_UI } from "../../../../../cli/dashboard/keys/ui-state.ts";
import { composeScene } from "../../../../../cli/dashboard/model/scene.ts";
import { renderFrame } from "../../../../../cli/dashboard/render-frame.tsx";
import { chooseTheme } from "../../../../../cli/dashboard/theme/theme.ts";
import type { ViewBody } from "../../../../../src/control/api-types.ts";
import { viewMatrixOf } from "../../../../../src/viewing/view-matrix.ts";
import {
  type DashboardState,
  emptyState,
  updateState,
} from "../../../../../src/viewing/watched-state.ts";
import { member, membersBody, NOW_MS, self, view, viewsBody } from "../../states.ts";

const MEMBERS = ["n1", "n2", "n3"].map((name) => member(name));
const THEME = chooseTheme({ color: false, ascii: false }, "plain");

/** A healthy cluster of three, as its views tell it in two copies. */
function state(parts: Readonly<Record<string, Partial<ViewBody>>>): DashboardState {
  let shown = emptyState("http://x");
  shown = updateState(shown, { kind: "self", body: self() }, NOW_MS);
  for (const copy of [1, 2]) {
    const told = MEMBERS.map(({ name }) => view(name, MEMBERS, { copy, ...parts[name] }));
    const atMs = NOW_MS - 500 * (2 - copy);
    shown = updateState(shown, { kind: "views", body: viewsBody(told) }, atMs);
  }
  return updateState(shown, { kind: "members", body: membersBody(MEMBERS) }, NOW_MS);
}

function tonesOf(parts: Readonly<Record<string, Partial<ViewBody>>>, sinceMs = 0) {
  const matrix = viewMatrixOf(state(parts));
  if (matrix === undefined) throw new Error("the views were read");
  const shape = shapeMatrix(matrix, 100);
  const lines = seesLines({ theme: THEME, matrix, shape, sinceMs });
  return lines.map((line) => line().spans[1]?.tone);
}

test("what a viewer believed some seconds ago is grey, though it answers", () => {
  expect(tonesOf({})).toEqual(["alive", "alive", "alive"]);
  expect(tonesOf({ n2: { ageMs: 5700 } })).toEqual(["alive", "faint", "alive"]);
});

test("while no newer views are read, all but the own row turn grey", () => {
  expect(tonesOf({}, 5700)).toEqual(["alive", "faint", "faint"]);
});

test("that all agree is said of equal digests alone", () => {
  const frame = (parts: Readonly<Record<string, Partial<ViewBody>>>) => {
    const scene = composeScene({
      state: state(parts),
      ui: FIRST_UI,
      size: { columns: 140, rows: 40 },
      nowMs: NOW_MS,
    });
    return renderFrame(scene, THEME).join("\n");
  };
  expect(frame({})).toContain("all 3 agree");
  const apart = frame({ n3: { digest: "77ab" } });
  expect(apart).toContain("2 distinct views");
  expect(apart).not.toContain("agree");
});

test("of a guest the second matrix tells who reaches whom, and which path is down", () => {
  const path = { ok: 9, of: 9, rttMs: 1, downForMs: null, how: "ack" as const };
  const paths = [
    { ...path, from: "n2", to: "n3", ok: 0, downForMs: 4000 },
    { ...path, from: "n3", to: "n2", ok: 5 },
    { ...path, from: "n2", to: "n1" },
  ];
  const body = { v: 1, self: "n1", paths } as const;
  const matrix = viewMatrixOf(updateState(state({}), { kind: "paths", body }, NOW_MS));
  expect(matrix?.rows.map(({ hearings }) => hearings.slice(1))).toEqual([
    ["heard", "heard"],
    ["self", "not-heard"],
    ["heard-in-part", "self"],
  ]);
  expect(matrix?.findings).toEqual(["n2 cannot reach n3, for 4.0 s"]);
});
