import { SORT_KEYS } from "../../../src/viewing/member-order.ts";
import { type Action, actionOf, type ExtraKey, KEY_MAP } from "./key-map.ts";
import type { PaneName, UiState } from "./ui-state.ts";

/** What is on the screen when a key is pressed. */
export interface KeyFacts {
  /** Names of the rows, in their order. */
  readonly names: readonly string[];
  /** The row that the keys act on. */
  readonly selected: string | undefined;
  readonly panes: readonly PaneName[];
  readonly isSingle: boolean;
  readonly isDetailOpen: boolean;
  /** Rows of the focused pane. */
  readonly pageRows: number;
  readonly eventCount: number;
  readonly extraKeys: readonly ExtraKey[];
}

/** What a key asks of the world outside the picture. */
export type Command =
  | { readonly kind: "quit" }
  | { readonly kind: "copy"; readonly member: string }
  | { readonly kind: "attach"; readonly member: string }
  /** The n-th node by name, from 1. */
  | { readonly kind: "attach-nth"; readonly place: number }
  | { readonly kind: "extra"; readonly key: string; readonly member: string };

export interface Pressed {
  readonly ui: UiState;
  readonly command?: Command;
}

/** What becomes of the reader's choices with one key: `up`, `enter`, `ctrl-c` or a character. */
export function pressKey(before: UiState, key: string, facts: KeyFacts): Pressed {
  const ui = before.notice === "" ? before : { ...before, notice: "" };
  if (key === "ctrl-c") return { ui, command: { kind: "quit" } };
  if (ui.isTyping) return { ui: typeFilter(ui, key) };
  const { selected } = facts;
  if (selected !== undefined && facts.extraKeys.some((extra) => extra.key === key)) {
    return { ui, command: { kind: "extra", key, member: selected } };
  }
  if (/^[1-9]$/.test(key)) return { ui, command: { kind: "attach-nth", place: Number(key) } };
  const action = actionOf(key);
  if (action === undefined) return { ui };
  if (ui.isHelpOpen && action !== "quit") return { ui: scrollHelp(ui, action) };
  const command = commandOf(action, selected);
  return command === undefined ? { ui: change(ui, action, facts) } : { ui, command };
}

function commandOf(action: Action, selected: string | undefined): Command | undefined {
  if (action === "quit") return { kind: "quit" };
  if (selected === undefined) return undefined;
  if (action === "copy") return { kind: "copy", member: selected };
  return action === "attach-selected" ? { kind: "attach", member: selected } : undefined;
}

/** Up and down scroll the help; every other key closes it. */
function scrollHelp(ui: UiState, action: Action): UiState {
  if (action === "down") return { ...ui, helpFrom: Math.min(ui.helpFrom + 1, KEY_MAP.length) };
  if (action === "up") return { ...ui, helpFrom: Math.max(0, ui.helpFrom - 1) };
  return { ...ui, isHelpOpen: false, helpFrom: 0 };
}

function typeFilter(ui: UiState, key: string): UiState {
  if (key === "enter") return { ...ui, isTyping: false };
  if (key === "escape") return { ...ui, isTyping: false, filter: "" };
  if (key === "backspace") return { ...ui, filter: [...ui.filter].slice(0, -1).join("") };
  return [...key].length === 1 ? { ...ui, filter: ui.filter + key } : ui;
}

function change(ui: UiState, action: Action, facts: KeyFacts): UiState {
  switch (action) {
    case "filter":
      return { ...ui, isTyping: true, focus: "peers" };
    case "sort":
      return { ...ui, sort: { ...ui.sort, key: nextOf(SORT_KEYS, ui.sort.key, 1) } };
    case "reverse-sort":
      return { ...ui, sort: { ...ui.sort, isReversed: !ui.sort.isReversed } };
    case "pause":
      return { ...ui, isPaused: !ui.isPaused };
    case "theme":
      return { ...ui, palette: ui.palette === "color" ? "mono" : "color" };
    case "help":
      return { ...ui, isHelpOpen: true };
    case "next-pane":
      return { ...ui, focus: nextOf(facts.isSingle ? ALL_PANES : facts.panes, ui.focus, 1) };
    case "previous-pane":
      return { ...ui, focus: nextOf(facts.isSingle ? ALL_PANES : facts.panes, ui.focus, -1) };
    case "open":
    case "back":
    case "views":
    case "paths":
    case "events":
      return facts.isSingle ? showAlone(ui, action) : openPane(ui, action, facts);
    default:
      return move(ui, action, facts);
  }
}

type PaneAction = "open" | "back" | "views" | "paths" | "events";

const ALL_PANES: readonly PaneName[] = ["peers", "detail", "views", "paths", "events"];

/** Where one pane has all the room, keys bring it to the front and send it away again. */
function showAlone(ui: UiState, action: PaneAction): UiState {
  if (action === "back")
    return ui.focus === "peers" ? { ...ui, filter: "" } : { ...ui, focus: "peers" };
  const pane = action === "open" ? "detail" : action;
  return { ...ui, focus: ui.focus === pane ? "peers" : pane };
}

function openPane(ui: UiState, action: PaneAction, { panes, isDetailOpen }: KeyFacts): UiState {
  const withoutDetail = settle({ ...ui, isDetailOpen: false }, true, "detail");
  switch (action) {
    case "open":
      return { ...ui, isDetailOpen: true };
    case "events":
      return settle({ ...ui, isEventsOpen: !ui.isEventsOpen }, panes.includes("events"), "events");
    case "views":
      // On a narrow screen the detail lies over the views: the key brings them to light.
      if (ui.isPathsOpen) return settle({ ...ui, isPathsOpen: false }, true, "paths");
      if (ui.isViewsOpen && !panes.includes("views")) return withoutDetail;
      return settle({ ...ui, isViewsOpen: !ui.isViewsOpen }, panes.includes("views"), "views");
    case "paths":
      if (ui.isPathsOpen && !panes.includes("paths")) return withoutDetail;
      return settle({ ...ui, isPathsOpen: !ui.isPathsOpen }, panes.includes("paths"), "paths");
    case "back":
      return isDetailOpen ? withoutDetail : { ...ui, filter: "", focus: "peers" };
  }
}

/** A pane that is closed loses the focus. */
function settle(ui: UiState, isClosed: boolean, pane: PaneName): UiState {
  return isClosed && ui.focus === pane ? { ...ui, focus: "peers" } : ui;
}

type Motion = "up" | "down" | "page-up" | "page-down" | "top" | "end";

function move(ui: UiState, action: Action, facts: KeyFacts): UiState {
  const page = Math.max(1, facts.pageRows - 1);
  const steps: Readonly<Record<Motion, number>> = {
    up: -1,
    down: 1,
    "page-up": -page,
    "page-down": page,
    top: Number.NEGATIVE_INFINITY,
    end: Number.POSITIVE_INFINITY,
  };
  const step = steps[action as Motion];
  if (step === undefined) return ui;
  if (ui.focus === "events") {
    return { ...ui, eventsBack: clamp(ui.eventsBack - step, 0, Math.max(0, facts.eventCount - 1)) };
  }
  if (ui.focus === "views")
    return { ...ui, viewsFrom: clamp(ui.viewsFrom + step, 0, 4 * facts.names.length) };
  const { names, selected } = facts;
  const at = selected === undefined ? 0 : names.indexOf(selected);
  const name = names[clamp(at + step, 0, names.length - 1)];
  return name === undefined ? ui : { ...ui, selected: name };
}

function clamp(value: number, min: number, max: number): number {
  return Math.max(min, Math.min(value, max));
}

function nextOf<T>(all: readonly T[], now: T, step: number): T {
  const at = all.indexOf(now);
  return all[(at + step + all.length) % all.length] ?? now;
}
