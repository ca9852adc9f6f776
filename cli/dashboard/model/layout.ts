import type { PaneName, UiState } from "../keys/ui-state.ts";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

export interface PanePlace {
  readonly pane: PaneName;
  readonly columns: number;
  readonly rows: number;
}

/** Where everything goes: two header lines, bands of panes from top to bottom, the key bar. */
export interface Layout {
  readonly size: ScreenSize;
  /** One pane at a time: the one that has the focus. */
  readonly isSingle: boolean;
  /** Panes side by side, one band below the other. */
  readonly bands: readonly (readonly PanePlace[])[];
}

export const SIZE_MIN: ScreenSize = { columns: 40, rows: 10 };
const STACKED_ROWS_MIN = 24;
const WIDE_COLUMNS_MIN = 120;
const HEADER_ROWS = 2;
const KEY_BAR_ROWS = 1;
/** Two borders and the titles. */
const PEERS_EXTRA_ROWS = 3;

export function isTooSmall({ columns, rows }: ScreenSize): boolean {
  return columns < SIZE_MIN.columns || rows < SIZE_MIN.rows;
}

/** Which panes there are and how large, by the size of the screen and what the reader opened. */
export function layOut(size: ScreenSize, ui: UiState, peerCount: number): Layout {
  const { columns, rows } = size;
  const bodyRows = rows - HEADER_ROWS - KEY_BAR_ROWS;
  const isWide = columns >= WIDE_COLUMNS_MIN;
  if (rows < STACKED_ROWS_MIN) {
    const place = { pane: ui.focus, columns, rows: bodyRows };
    return { size, isSingle: true, bands: [[place]] };
  }
  const middle = middlePanes(ui, isWide);
  const heights = shareRows(bodyRows, peerCount, middle, ui.isEventsOpen);
  const peers = [{ pane: "peers", columns, rows: heights.peers } as const];
  const events = [{ pane: "events", columns, rows: heights.events } as const];
  const between = placeSideBySide(middle, columns, heights.middle);
  const bands = isWide ? [peers, between, events] : [peers, events, between];
  return { size, isSingle: false, bands: bands.filter((band) => (band[0]?.rows ?? 0) > 0) };
}

/** The panes that are on the screen, in the order in which `tab` visits them. */
export function visiblePanes(layout: Layout): PaneName[] {
  return layout.bands.flat().map((place) => place.pane);
}

function middlePanes(ui: UiState, isWide: boolean): PaneName[] {
  const detail = (ui.isDetailOpen ?? isWide) ? (["detail"] as const) : [];
  const seen = ui.isPathsOpen ? (["paths"] as const) : ui.isViewsOpen ? (["views"] as const) : [];
  const open = [...detail, ...seen];
  return isWide ? open : open.slice(0, 1);
}

function placeSideBySide(
  panes: readonly PaneName[],
  columns: number,
  rows: number,
): readonly PanePlace[] {
  if (panes.length < 2) return panes.map((pane) => ({ pane, columns, rows }));
  const left = Math.round(columns * 0.42);
  return panes.map((pane, at) => ({ pane, columns: at === 0 ? left : columns - left, rows }));
}

/** The least that each needs first, then what each wants, in this order; what is left over goes to the table. */
function shareRows(
  bodyRows: number,
  peerCount: number,
  middle: readonly PaneName[],
  hasEvents: boolean,
): { peers: number; middle: number; events: number } {
  const peersWanted = peerCount + PEERS_EXTRA_ROWS;
  const hasDetail = middle.includes("detail");
  const shares = {
    peers: 6,
    middle: middle.length === 0 ? 0 : hasDetail ? 10 : 7,
    events: hasEvents ? 5 : 0,
  };
  let left = bodyRows - shares.peers - shares.middle - shares.events;
  const grow = (name: keyof typeof shares, upTo: number) => {
    const more = Math.max(0, Math.min(left, upTo - shares[name]));
    shares[name] += more;
    left -= more;
  };
  grow("peers", Math.min(peersWanted, Math.floor(bodyRows * 0.4)));
  if (shares.middle > 0) grow("middle", hasDetail ? 22 : 2 * peerCount + 8);
  if (hasEvents) grow("events", 8);
  grow("peers", peersWanted);
  if (hasEvents) grow("events", bodyRows);
  grow("peers", bodyRows);
  return shares;
}
