import { expect, test } from "vitest";
import { chooseColumns, peerLine } from "../../../../../cli/dashboard/drawing/panes/peer-row.ts";
import { FIRST_UI } from "../../../../../cli/dashboard/keys/ui-state.ts";
import { composeScene } from "../../../../../cli/dashboard/model/scene.ts";
import { chooseTheme } from "../../../../../cli/dashboard/theme/theme.ts";
import type { MemberBody } from "../../../../../src/control/api-types.ts";
import { emptyState, updateState } from "../../../../../src/viewing/watched-state.ts";
import { member, membersBody, NOW_MS } from "../../states.ts";

const THEME = chooseTheme({ color: true, ascii: false }, "color");

/** The row of one member on a wide screen, by its columns. */
function row(parts: Partial<MemberBody>) {
  const shown = member("n3", parts);
  const body = membersBody([member("n1"), shown]);
  const state = updateState(emptyState("u"), { kind: "members", body }, NOW_MS);
  const size = { columns: 152, rows: 40 };
  const scene = composeScene({ state, ui: FIRST_UI, size, nowMs: NOW_MS });
  const columns = chooseColumns(150, 4);
  const { spans } = peerLine(shown, { theme: THEME, columns, scene });
  const cell = (key: string) => spans[2 * columns.findIndex((column) => column.key === key) + 1];
  const status = cell("status");
  return { status: [status?.text.trim(), status?.tone], why: cell("why")?.text.trim() };
}

test("a frozen member is told apart from other suspects, in their colour", () => {
  const suspect = { state: "suspect", stateForMs: 12_000, accusers: ["n2", "n1"] } as const;
  expect(row({ ...suspect, silence: "frozen" })).toEqual({
    status: ["◐ frozen 12 s", "suspect"],
    why: "2: n2, self",
  });
  expect(row({ ...suspect, silence: "unreachable" })).toEqual({
    status: ["◐ suspect 12 s", "suspect"],
    why: "unreachable 2: n2, self",
  });
  expect(row({ ...suspect, silence: "silence" }).why).toBe("2: n2, self");
});

test("a slow member has the glyph of its state, and the colour of a suspect", () => {
  expect(row({ slowness: 3 })).toEqual({ status: ["● slow", "suspect"], why: "" });
  expect(row({ slowness: 0.5 }).status).toEqual(["● alive", "alive"]);
});

test("a dead member tells what it died of", () => {
  expect(row({ state: "dead", silence: "crashed" }).why).toBe("crashed");
});
