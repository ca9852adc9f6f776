import { renderToString } from "ink";
import { Dashboard } from "./drawing/dashboard.tsx";
import type { Scene } from "./model/scene.ts";
import type { Theme } from "./theme/theme.ts";

/** One frame as lines of text with escape sequences, without a terminal. */
export function renderFrame(scene: Scene, theme: Theme): string[] {
  const { columns } = scene.layout.size;
  return renderToString(<Dashboard scene={scene} theme={theme} />, { columns }).split("\n");
}
