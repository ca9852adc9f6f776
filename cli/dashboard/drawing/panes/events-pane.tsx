import { formatCount } from "../../../../src/text/quantities.ts";
import { safeText } from "../../../../src/text/safe-text.ts";
import { eventRow, timeline } from "../../model/event-row.ts";
import { cellsOf, fitCells } from "../../theme/cells.ts";
import type { Line } from "../../theme/theme.ts";
import { plainLine } from "../fit-line.ts";
import { Pane, type ScenePaneProps } from "../pane.tsx";

const WIDE_MIN = 100;
const SUBJECT_CELLS_MAX = 16;

/** What happened, the newest at the bottom; scrolled back, it stays where it is. */
export function EventsPane({ scene, place, theme }: ScenePaneProps) {
  const { state, ui } = scene;
  const room = Math.max(0, place.rows - 2);
  const events = timeline(state.events);
  const leftOut = state.events.length - events.length;
  const end = Math.max(Math.min(room, events.length), events.length - ui.eventsBack);
  const rows = events.slice(Math.max(0, end - room), end).map(eventRow);
  const timeCells = place.columns >= WIDE_MIN ? 12 : 10;
  const subjectCells = Math.min(
    SUBJECT_CELLS_MAX,
    Math.max(2, ...rows.map(({ subject }) => cellsOf(safeText(subject)))),
  );
  const lines = rows.map(
    ({ time, subject, text, tone }): Line => ({
      spans: [
        { text: ` ${time.slice(0, timeCells)}  `, tone: "faint" },
        { text: fitCells(safeText(subject), subjectCells, theme.glyphs.cut), tone: "strong" },
        { text: `  ${text}`, tone },
      ],
    }),
  );
  const routine = leftOut === 0 ? "" : `, ${formatCount(leftOut, "routine event")} left out`;
  const nothing = plainLine(" nothing happened yet; kill a daemon and watch", "faint");
  return (
    <Pane
      theme={theme}
      place={place}
      isFocused={ui.focus === "events"}
      title={[
        { text: "events", tone: "strong" },
        { text: ui.eventsBack === 0 ? "  follow on" : `  ${ui.eventsBack} back; g G to follow` },
      ]}
      lines={lines.length > 0 ? lines : [nothing]}
      footer={{ right: `${rows.length} of ${events.length}${routine}` }}
    />
  );
}
