import type { TextStyle } from "../format/text-style.ts";
import { DashboardSession } from "./dashboard-session.ts";
import type { ScreenSize } from "./model/layout.ts";
import type { Scene } from "./model/scene.ts";
import { renderFrame } from "./render-frame.tsx";
import { frameSvg } from "./sink/frame-svg.ts";
import { chooseTheme } from "./theme/theme.ts";

export interface PictureWish {
  readonly url: string;
  readonly size: ScreenSize;
  /** The first frame for which this holds is the picture. */
  readonly isWorthy: (scene: Scene) => boolean;
  readonly signal: AbortSignal;
}

const STYLE: TextStyle = { color: true, ascii: false };

/** Watches a node as the dashboard does, without a terminal, and gives the wished frame as SVG. Rejects when aborted. */
export async function pictureWhen({ url, size, isWorthy, signal }: PictureWish): Promise<string> {
  let session: DashboardSession | undefined;
  try {
    const scene = await new Promise<Scene>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      session = new DashboardSession({
        target: { url },
        size,
        onScene: (next) => {
          if (isWorthy(next)) resolve(next);
        },
        onCopy: () => undefined,
        onQuit: () => undefined,
      });
    });
    return frameSvg(renderFrame(scene, chooseTheme(STYLE, "color")), size);
  } finally {
    session?.end();
  }
}
