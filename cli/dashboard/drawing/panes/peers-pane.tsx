import type { Scene } from "../../model/scene.ts";
import { cellsOf } from "../../theme/cells.ts";
import type { Line, Span, Theme } from "../../theme/theme.ts";
import { plainLine } from "../fit-line.ts";
import { Pane, type ScenePaneProps } from "../pane.tsx";
import { chooseColumns, peerLine, titleLine } from "./peer-row.ts";

const SELF_SUFFIX = " (self)";

/** The table of members. Only the rows that can be seen are worked out. */
export function PeersPane({ scene, place, theme }: ScenePaneProps) {
  const { order, selected, ui, state } = scene;
  const room = Math.max(0, place.rows - 3);
  const at = selected === undefined ? 0 : order.indexOf(selected);
  const from = firstVisible(order.length, room, at);
  const shown = order.slice(from, from + room);
  const longest = Math.max(4, ...shown.map(({ name }) => cellsOf(name) + SELF_SUFFIX.length));
  const facts = { theme, scene, columns: chooseColumns(place.columns - 2, longest) };
  const rows = shown.map((member) => peerLine(member, facts));
  const all = state.members?.body.members.length ?? 0;
  const right = order.length === 0 ? "0" : `${from + 1}-${from + shown.length} of ${order.length}`;
  return (
    <Pane
      theme={theme}
      place={place}
      isFocused={ui.focus === "peers"}
      title={titleOf(scene, all, theme)}
      lines={[titleLine(facts), ...(rows.length > 0 ? rows : [emptyLine(scene, all)])]}
      footer={{
        left: [{ text: ui.notice || scene.measured, tone: "warning" as const }].filter(
          (s) => s.text,
        ),
        right,
      }}
    />
  );
}

function titleOf({ ui }: Scene, all: number, theme: Theme): Span[] {
  const { descending, ascending } = theme.glyphs;
  const direction = ui.sort.isReversed ? ascending : descending;
  const filter = ui.filter === "" ? "none" : ui.filter;
  return [
    { text: `peers ${all}`, tone: "strong" },
    { text: `  sort: ${ui.sort.key} ${direction}  filter: ` },
    { text: filter, tone: ui.filter === "" ? "plain" : "warning" },
  ];
}

/** An empty table says what to do next. */
function emptyLine({ state, ui }: Scene, all: number): Line {
  if (state.members === undefined) return plainLine(" waiting for the first answer", "faint");
  if (all > 0) return plainLine(` no member fits "${ui.filter}"; esc shows all`, "faint");
  return plainLine(" no member yet", "faint");
}

/** The first of `room` visible rows of `count`, so that row `at` is near the middle where it can be. */
function firstVisible(count: number, room: number, at: number): number {
  const wanted = at - Math.floor(room / 2);
  return Math.max(0, Math.min(wanted, count - room));
}
