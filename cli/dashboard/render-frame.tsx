import { renderToString } from "ink";
import { Canvas, CanvasContext } from "./drawing/canvas.ts";
import { Dashboard } from "./drawing/dashboard.tsx";
import type { Scene } from "./model/scene.ts";
import type { Theme } from "./theme/theme.ts";

/** One frame as lines of text with escape sequences, without a terminal. */
export function renderFrame(scene: Scene, theme: Theme): string[] {
  const canvas = new Canvas();
  const { columns } = scene.layout.size;
  const frame = renderToString(
    <CanvasContext value={canvas}>
      <Dashboard scene={scene} theme={theme} />
    </CanvasContext>,
    { columns },
  );
  return canvas.paint(frame);
}
