import { Box } from "ink";
import { isTooSmall, type ScreenSize, SIZE_MIN } from "../model/layout.ts";
import type { Scene } from "../model/scene.ts";
import { cellsOf, cut } from "../theme/cells.ts";
import type { Theme } from "../theme/theme.ts";
import { drawLine } from "./fit-line.ts";
import { headerLines } from "./header-lines.ts";
import { keyBar } from "./key-bar.ts";
import { PaintedLines } from "./line-stand-ins.tsx";
import type { ScenePaneProps } from "./pane.tsx";
import { DetailPane } from "./panes/detail-pane.tsx";
import { EventsPane } from "./panes/events-pane.tsx";
import { HelpPane } from "./panes/help-pane.tsx";
import { PathsPane } from "./panes/paths-pane.tsx";
import { PeersPane } from "./panes/peers-pane.tsx";
import { ViewsPane } from "./panes/views-pane.tsx";

export interface DashboardProps {
  readonly scene: Scene;
  readonly theme: Theme;
}

/** The whole frame, as tall and as wide as the screen. */
export function Dashboard({ scene, theme }: DashboardProps) {
  const { size, bands } = scene.layout;
  if (isTooSmall(size)) {
    return <PaintedLines columns={size.columns} lines={[tooSmall(size, theme)]} />;
  }
  const [first, second] = headerLines(scene, theme);
  const header = [first, second].map((line) => drawLine(theme, line, size.columns));
  const bar = drawLine(theme, keyBar(scene, theme), size.columns);
  return (
    <Box flexDirection="column" width={size.columns}>
      <PaintedLines columns={size.columns} lines={header} />
      {scene.ui.isHelpOpen ? (
        <HelpPane scene={scene} theme={theme} />
      ) : (
        bands.map((band) => (
          <Box key={band.map(({ pane }) => pane).join()}>
            {band.map((place) => (
              <PaneOf key={place.pane} place={place} scene={scene} theme={theme} />
            ))}
          </Box>
        ))
      )}
      <PaintedLines columns={size.columns} lines={[bar]} />
    </Box>
  );
}

const PANES = {
  peers: PeersPane,
  detail: DetailPane,
  views: ViewsPane,
  paths: PathsPane,
  events: EventsPane,
} as const;

function PaneOf(props: ScenePaneProps) {
  const Shown = PANES[props.place.pane];
  return <Shown {...props} />;
}

/** The longest text that fits. */
function tooSmall({ columns, rows }: ScreenSize, theme: Theme): string {
  const needed = `needs ${SIZE_MIN.columns}x${SIZE_MIN.rows}`;
  const texts = [
    `hearsay ${needed}, this is ${columns}x${rows}`,
    `${needed}, is ${columns}x${rows}`,
    needed,
  ];
  return texts.find((text) => cellsOf(text) <= columns) ?? cut(needed, columns, theme.glyphs.cut);
}
