import { expect, test } from "vitest";
import { keyBar } from "../../../../cli/dashboard/drawing/key-bar.ts";
import type { ExtraKey } from "../../../../cli/dashboard/keys/key-map.ts";
import { FIRST_UI } from "../../../../cli/dashboard/keys/ui-state.ts";
import { composeScene } from "../../../../cli/dashboard/model/scene.ts";
import { chooseTheme } from "../../../../cli/dashboard/theme/theme.ts";
import { NOW_MS, troubledPicture } from "../states.ts";

const EXTRA: readonly ExtraKey[] = [
  { key: "K", hint: (member) => (member === "n5" ? undefined : "kill"), help: "" },
  { key: "R", hint: (member) => (member === "n5" ? "restart" : undefined), help: "" },
];

function bar(columns: number, selected: string, ascii = false): string {
  const scene = composeScene({
    state: troubledPicture(5),
    ui: { ...FIRST_UI, selected },
    size: { columns, rows: 24 },
    nowMs: NOW_MS,
    extraKeys: EXTRA,
  });
  const theme = chooseTheme({ color: false, ascii }, "plain");
  return keyBar(scene, theme)
    .spans.map(({ text }) => text)
    .join("");
}

test("keys that do nothing to the selected member are left out", () => {
  expect(bar(80, "n2")).toMatch(/ {2}K kill {2}/);
  expect(bar(80, "n2")).not.toContain("restart");
  expect(bar(80, "n5")).toMatch(/ {2}R restart {2}/);
  expect(bar(80, "n5")).not.toContain("kill");
});

test("where there is little room the added keys, help and quit stay", () => {
  expect(bar(50, "n2")).toBe(" ⏎ detail  K kill  ↑↓ select  ? help  q quit");
  expect(bar(45, "n2", true)).toBe(" enter detail  K kill  ? help  q quit");
});
