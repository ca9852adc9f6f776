import type { MemberBody } from "../../../src/control/api-types.ts";
import { describeDetection } from "../../../src/viewing/detection.ts";
import { orderMembers } from "../../../src/viewing/member-order.ts";
import { type ViewMatrix, viewMatrixOf } from "../../../src/viewing/view-matrix.ts";
import type { DashboardState } from "../../../src/viewing/watched-state.ts";
import type { ExtraKey } from "../keys/key-map.ts";
import type { UiState } from "../keys/ui-state.ts";
import { type Layout, layOut, type ScreenSize } from "./layout.ts";

/** Everything that a frame is drawn from; nothing else is looked at while drawing. */
export interface Scene {
  readonly state: DashboardState;
  readonly ui: UiState;
  readonly layout: Layout;
  /** The members that the filter picks, in the chosen order. */
  readonly order: readonly MemberBody[];
  /** The row that the keys act on; undefined when there is none. */
  readonly selected: MemberBody | undefined;
  /** Undefined until the views were read. */
  readonly matrix: ViewMatrix | undefined;
  readonly nowMs: number;
  readonly extraKeys: readonly ExtraKey[];
  /** Members that the extra keys have chosen. */
  readonly marked: ReadonlySet<string>;
  /** Who knew of the last death, and when; empty before one. */
  readonly measured: string;
}

export interface SceneFacts extends Pick<Scene, "state" | "ui" | "nowMs"> {
  readonly size: ScreenSize;
  readonly extraKeys?: readonly ExtraKey[] | undefined;
  readonly marked?: ReadonlySet<string> | undefined;
  /** Measured by whoever did it; else the dashboard says what it saw. */
  readonly measured?: string | undefined;
}

export function composeScene(facts: SceneFacts): Scene {
  const { state, ui, size, nowMs, extraKeys = [], marked = new Set() } = facts;
  const members = state.members?.body.members ?? [];
  const order = orderMembers(members, ui);
  const selected = order.find(({ name }) => name === ui.selected) ?? order[0];
  const layout = layOut(size, ui, order.length);
  const matrix = viewMatrixOf(state);
  const seen =
    state.detection && describeDetection(state.detection, state.members?.body.self ?? "", members);
  const measured = facts.measured ?? seen ?? "";
  return { state, ui, layout, order, selected, matrix, nowMs, extraKeys, marked, measured };
}
