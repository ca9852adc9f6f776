import type { Key } from "ink";

/** What a key does. */
export type Action =
  | "up"
  | "down"
  | "page-up"
  | "page-down"
  | "top"
  | "end"
  | "open"
  | "back"
  | "filter"
  | "sort"
  | "reverse-sort"
  | "next-pane"
  | "previous-pane"
  | "views"
  | "events"
  | "pause"
  | "copy"
  | "attach-selected"
  | "theme"
  | "help"
  | "quit";

export interface Binding {
  readonly action: Action;
  /** Keys by name (`up`, `enter`, `ctrl-c`) or character. */
  readonly keys: readonly string[];
  /** As it is written in the key bar and the help. */
  readonly shown: string;
  /** Word of the key bar; the most wanted come first. */
  readonly hint?: string;
  readonly help: string;
}

/** A key that whoever opens the dashboard adds: the demo kills and freezes with such keys. */
export interface ExtraKey {
  readonly key: string;
  readonly hint: string;
  readonly help: string;
}

/** Every key, in the order of the key bar. The bar and the help are made from this. */
export const KEY_MAP: readonly Binding[] = [
  {
    action: "up",
    keys: ["up", "k"],
    shown: "↑↓",
    hint: "select",
    help: "↑ k  select the row above, or scroll",
  },
  {
    action: "down",
    keys: ["down", "j"],
    shown: "↓ j",
    help: "↓ j  select the row below, or scroll",
  },
  {
    action: "open",
    keys: ["enter"],
    shown: "⏎",
    hint: "detail",
    help: "⏎  open the detail of the selected member",
  },
  {
    action: "filter",
    keys: ["/"],
    shown: "/",
    hint: "filter",
    help: "/  filter: part of a name, !dead, s:suspect, t:rack=3",
  },
  {
    action: "sort",
    keys: ["s"],
    shown: "s",
    hint: "sort",
    help: "s  sort by status, name, phi, heard, round trip",
  },
  { action: "views", keys: ["v"], shown: "v", hint: "views", help: "v  who sees what" },
  { action: "events", keys: ["e"], shown: "e", hint: "events", help: "e  the event timeline" },
  {
    action: "next-pane",
    keys: ["tab"],
    shown: "tab",
    hint: "pane",
    help: "tab  next pane (shift-tab: the one before)",
  },
  {
    action: "pause",
    keys: ["p"],
    shown: "p",
    hint: "pause",
    help: "p  pause the screen (the node goes on)",
  },
  { action: "help", keys: ["?"], shown: "?", hint: "help", help: "?  this help" },
  { action: "quit", keys: ["q", "ctrl-c"], shown: "q", hint: "quit", help: "q ctrl-c  quit" },
  { action: "reverse-sort", keys: ["S"], shown: "S", help: "S  reverse the order" },
  { action: "top", keys: ["g", "home"], shown: "g", help: "g home  to the top" },
  {
    action: "end",
    keys: ["G", "end"],
    shown: "G",
    help: "G end  to the end; in the events: follow",
  },
  { action: "page-up", keys: ["pageup", "ctrl-b"], shown: "PgUp", help: "PgUp ctrl-b  a page up" },
  {
    action: "page-down",
    keys: ["pagedown", "ctrl-f", " "],
    shown: "PgDn",
    help: "PgDn ctrl-f space  a page down",
  },
  {
    action: "previous-pane",
    keys: ["shift-tab"],
    shown: "shift-tab",
    help: "shift-tab  the pane before",
  },
  {
    action: "copy",
    keys: ["y"],
    shown: "y",
    hint: "copy",
    help: "y  copy the row as JSON to the clipboard",
  },
  {
    action: "attach-selected",
    keys: ["a"],
    shown: "a",
    hint: "attach",
    help: "a  attach to the selected node; 1..9 to the n-th by name",
  },
  { action: "theme", keys: ["t"], shown: "t", help: "t  colours on or off" },
  {
    action: "back",
    keys: ["escape"],
    shown: "esc",
    help: "esc  back: closes help, filter, detail",
  },
];

const BY_KEY: ReadonlyMap<string, Action> = new Map(
  KEY_MAP.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)),
);

export function actionOf(key: string): Action | undefined {
  return BY_KEY.get(key);
}

const NAMED = [
  ["upArrow", "up"],
  ["downArrow", "down"],
  ["pageUp", "pageup"],
  ["pageDown", "pagedown"],
  ["home", "home"],
  ["end", "end"],
  ["return", "enter"],
  ["escape", "escape"],
  // What most terminals send for backspace is called delete here.
  ["backspace", "backspace"],
  ["delete", "backspace"],
] as const satisfies readonly (readonly [keyof Key, string])[];

/** The keys of one input event, as the key map names them. Characters that came at once are told one by one. */
export function keyNames(input: string, key: Key): string[] {
  if (key.tab) return [key.shift ? "shift-tab" : "tab"];
  for (const [flag, name] of NAMED) if (key[flag]) return [name];
  if (key.ctrl) return [`ctrl-${input}`];
  const characters = [...input].map((character) =>
    character === "\r" || character === "\n" ? "enter" : character,
  );
  // Escape and a character in quick succession look like Alt and that character, which means nothing here.
  return key.meta ? ["escape", ...characters] : characters;
}
