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
  const sight = withOwnRow(sightOf(picture), picture);
  return { picture, ui, layout, order, selected, sight, nowMs, extraKeys };
}

const PERIOD_MS_DEFAULT = 1000;

let last: { readonly key: readonly unknown[]; readonly sight: WhoSeesWhat | undefined } = {
  key: [],
  sight: undefined,
};

/** The last answer is kept: the matrix costs members squared, and most frames have no new views. */
function sightOf({ views, self, events }: Picture): WhoSeesWhat | undefined {
  if (views === undefined) return undefined;
  const lastChange = events.findLast(({ event }) => event === "member-changed");
  const changedAtMs = lastChange === undefined ? 0 : Date.parse(lastChange.time);
  const periodMs = self?.body.probeIntervalMs ?? PERIOD_MS_DEFAULT;
  const key = [views, periodMs, changedAtMs];
  if (!key.every((part, at) => part === last.key[at])) {
    last = { key, sight: whoSeesWhat(views, periodMs, changedAtMs) };
  }
  return last.sight;
}

/** The attached node's own row is as new as the table. */
function withOwnRow(sight: WhoSeesWhat | undefined, { members }: Picture): WhoSeesWhat | undefined {
  if (sight === undefined || members === undefined) return sight;
  const states = new Map(members.body.members.map(({ name, state }) => [name, state]));
  const rows = sight.rows.map((row) =>
    row.isSelf ? { ...row, states: sight.subjects.map((subject) => states.get(subject)) } : row,
  );
  return { ...sight, rows };
}
