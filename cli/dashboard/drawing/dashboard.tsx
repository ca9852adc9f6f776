import { Box } from "ink";
import { isTooSmall, SIZE_MIN } from "../model/layout.ts";
import type { Scene } from "../model/scene.ts";
import type { Theme } from "../theme/theme.ts";
import { drawLine } from "./fit-line.ts";
import { headerLines } from "./header-lines.ts";
import { keyBar } from "./key-bar.ts";
import { Painted } from "./painted.tsx";
import type { ScenePaneProps } from "./pane.tsx";
import { DetailPane } from "./panes/detail-pane.tsx";
import { EventsPane } from "./panes/events-pane.tsx";
import { HelpPane } from "./panes/help-pane.tsx";
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
    return <Painted columns={size.columns} lines={[tooSmall(size)]} />;
  }
  const [first, second] = headerLines(scene, theme);
  const header = [first, second].map((line) => drawLine(theme, line, size.columns));
  const bar = drawLine(theme, keyBar(scene, theme), size.columns);
  return (
    <Box flexDirection="column" width={size.columns}>
      <Painted columns={size.columns} lines={header} />
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
      <Painted columns={size.columns} lines={[bar]} />
    </Box>
  );
}

const PANES = {
  peers: PeersPane,
  detail: DetailPane,
  views: ViewsPane,
  events: EventsPane,
} as const;

function PaneOf(props: ScenePaneProps) {
  const Shown = PANES[props.place.pane];
  return <Shown {...props} />;
}

function tooSmall({ columns, rows }: Scene["layout"]["size"]): string {
  const text = `hearsay needs ${SIZE_MIN.columns}x${SIZE_MIN.rows}, this is ${columns}x${rows}`;
  return text.slice(0, columns);
}
