import { setTimeout as pause } from "node:timers/promises";
import { type ControlTarget, connectControl } from "../../src/control/client.ts";
import { emptyState, type StateUpdate, updateState } from "../../src/viewing/watched-state.ts";
import type { Output } from "../output.ts";
import { FIRST_UI } from "./keys/ui-state.ts";
import { composeScene } from "./model/scene.ts";
import { readPaths, readSelf } from "./reading/node-feed.ts";
import { renderFrame } from "./render-frame.tsx";
import { chooseTheme } from "./theme/theme.ts";

const VIEWS_WAIT_MS = 800;
const VIEWS_AGAIN_MS = 550;

/**
 * One frame on stdout, as large as the terminal (80×24 without one).
 *
 * @throws NodeUnreachableError when no hearsay node answers
 */
export async function printSnapshot(target: ControlTarget, output: Output): Promise<void> {
  const client = connectControl(target.url, target);
  let state = emptyState(client.url);
  const take = (update: StateUpdate) => {
    state = updateState(state, update, Date.now());
  };
  take({ kind: "self", body: await readSelf(client) });
  for await (const item of client.events({ since: 0, follow: false })) {
    if ("event" in item) take({ kind: "event", event: item.event });
  }
  take({ kind: "members", body: await client.members() });
  take({ kind: "views", body: await client.views({ waitMs: VIEWS_WAIT_MS }) });
  // A finding takes two copies of the views.
  await pause(VIEWS_AGAIN_MS);
  take({ kind: "views", body: await client.views({ waitMs: VIEWS_WAIT_MS }) });
  take({ kind: "members", body: await client.members() });
  take(await readPaths(client));
  const size = { columns: process.stdout.columns ?? 80, rows: process.stdout.rows ?? 24 };
  const scene = composeScene({ state, ui: FIRST_UI, size, nowMs: Date.now() });
  const isPainted = output.isTerminal || output.style.color;
  const theme = chooseTheme(output.style, isPainted ? "color" : "plain");
  for (const line of renderFrame(scene, theme)) output.data(line);
  client.close();
}
