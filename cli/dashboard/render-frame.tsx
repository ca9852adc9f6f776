import { renderToString } from "ink";
import { Dashboard } from "./drawing/dashboard.tsx";
import { LineStandIns, StandInsContext } from "./drawing/line-stand-ins.tsx";
import type { Scene } from "./model/scene.ts";
import type { Theme } from "./theme/theme.ts";

/** One frame as lines of text with escape sequences, without a terminal. */
export function renderFrame(scene: Scene, theme: Theme): string[] {
  const standIns = new LineStandIns();
  const { columns } = scene.layout.size;
  const frame = renderToString(
    <StandInsContext value={standIns}>
      <Dashboard scene={scene} theme={theme} />
    </StandInsContext>,
    { columns },
  );
  return standIns.replaceIn(frame);
}
