import { KEY_MAP } from "../keys/key-map.ts";
import type { Scene } from "../model/scene.ts";
import { cellsOf } from "../theme/cells.ts";
import { type Line, type Span, spell, type Theme } from "../theme/theme.ts";

interface Hint {
  readonly key: string;
  readonly what: string;
}

/** The keys that are of use now, as many as fit; help and quit always. While the filter is typed, the filter line. */
export function keyBar(scene: Scene, theme: Theme): Line {
  const { ui, layout } = scene;
  if (ui.isTyping) return filterLine(ui.filter);
  if (ui.isHelpOpen)
    return hintLine([
      { key: "esc", what: "close" },
      { key: "q", what: "quit" },
    ]);
  const hints = KEY_MAP.flatMap(({ bar, action }): Hint[] => {
    const isUseless = action === "paths" && scene.state.paths === undefined;
    if (bar === undefined || isUseless) return [];
    const [key = "", what = ""] = bar.split(" ");
    return [{ key: keyName(theme, key), what: action === "pause" && ui.isPaused ? "go on" : what }];
  });
  const name = scene.selected?.name ?? "";
  const extra = scene.extraKeys.flatMap(({ key, hint }) => {
    const what = hint(name);
    return what === undefined ? [] : [{ key, what }];
  });
  const last = hints.filter(({ key }) => key === "?" || key === "q");
  const others = hints.filter((hint) => !last.includes(hint));
  // Everybody finds the arrow keys.
  const [select, open, ...rest] = others;
  const first = extra.length === 0 ? [select, open] : [open, ...extra, select];
  const shown = [...first, ...rest].filter((hint) => hint !== undefined);
  while (shown.length > 0 && cellsOfHints([...shown, ...last]) > layout.size.columns) shown.pop();
  return hintLine([...shown, ...last]);
}

function filterLine(filter: string): Line {
  return {
    spans: [
      { text: " filter ", tone: "key" },
      { text: `/${filter}` },
      { text: "_", tone: "strong" },
      {
        text: "   enter keep   esc clear   (part of a name, !dead, s:suspect, t:rack=3)",
        tone: "faint",
      },
    ],
  };
}

function hintLine(hints: readonly Hint[]): Line {
  const spans = hints.flatMap(({ key, what }, at): Span[] => [
    { text: at === 0 ? " " : "  " },
    { text: key, tone: "key" },
    { text: ` ${what}` },
  ]);
  return { spans };
}

function cellsOfHints(hints: readonly Hint[]): number {
  return hints.reduce((sum, { key, what }) => sum + cellsOf(key) + cellsOf(what) + 3, -1);
}

/** Arrow and return signs in the reader's alphabet. */
export function keyName(theme: Theme, shown: string): string {
  const { upDown, enter } = theme.glyphs;
  return spell(
    theme,
    shown
      .replace("↑↓", upDown)
      .replace("⏎", enter)
      .replace("↑", theme.ascii ? "up" : "↑")
      .replace("↓", theme.ascii ? "down" : "↓"),
  );
}
