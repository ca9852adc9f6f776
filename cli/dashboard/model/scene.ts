import type { MemberBody } from "../../../src/control/api-types.ts";
import type { ExtraKey } from "../keys/key-map.ts";
import type { UiState } from "../keys/ui-state.ts";
import type { Picture } from "../picture/picture.ts";
import { type Layout, layOut, type ScreenSize } from "./layout.ts";
import { orderPeers } from "./peer-order.ts";
import { type WhoSeesWhat, whoSeesWhat } from "./who-sees-what.ts";

/** Everything that a frame is drawn from; nothing else is looked at while drawing. */
export interface Scene {
  readonly picture: Picture;
  readonly ui: UiState;
  readonly layout: Layout;
  /** The members that the filter picks, in the chosen order. */
  readonly order: readonly MemberBody[];
  /** The row that the keys act on; undefined when there is none. */
  readonly selected: MemberBody | undefined;
  /** Undefined until the views were read. */
  readonly sight: WhoSeesWhat | undefined;
  readonly nowMs: number;
  readonly extraKeys: readonly ExtraKey[];
}

export interface SceneFacts {
  readonly picture: Picture;
  readonly ui: UiState;
  readonly size: ScreenSize;
  readonly nowMs: number;
  readonly extraKeys?: readonly ExtraKey[];
}

export function composeScene({ picture, ui, size, nowMs, extraKeys = [] }: SceneFacts): Scene {
  const order = orderPeers(picture.members?.body.members ?? [], ui);
  const selected = order.find(({ name }) => name === ui.selected) ?? order[0];
  const layout = layOut(size, ui, order.length);
  const sight = sightOf(picture, nowMs);
  return { picture, ui, layout, order, selected, sight, nowMs, extraKeys };
}

const PERIOD_MS_DEFAULT = 1000;

function sightOf({ views, self, events, connection }: Picture, nowMs: number) {
  if (views === undefined) return undefined;
  const lastChange = events.findLast(({ event }) => event === "member-changed");
  const changedAtMs = lastChange === undefined ? 0 : Date.parse(lastChange.time);
  return whoSeesWhat(views.body, {
    probeIntervalMs: self?.body.probeIntervalMs ?? PERIOD_MS_DEFAULT,
    // What is shown of a node that does not answer is as old as it was.
    sinceMs: connection.kind === "live" ? Math.max(0, nowMs - views.atMs) : 0,
    changedAgoMs: Math.max(0, nowMs - changedAtMs),
  });
}
