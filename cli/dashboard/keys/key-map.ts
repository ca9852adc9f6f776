import type { Key } from "ink";

interface Binding {
  readonly action: string;
  /** Keys by name (`up`, `enter`, `ctrl-c`) or character. */
  readonly keys: readonly string[];
  /** Key and word of the key bar; the most wanted come first. */
  readonly bar?: string;
  readonly help: string;
}

/** A key that whoever opens the dashboard adds: the demo kills and freezes with such keys. */
export interface ExtraKey {
  readonly key: string;
  /** Its word in the key bar for the selected member; undefined where it is of no use now. */
  readonly hint: (member: string) => string | undefined;
  readonly help: string;
}

/** Every key, in the order of the key bar. The bar and the help are made from this. */
const BINDINGS = [
  {
    action: "up",
    keys: ["up", "k"],
    bar: "↑↓ select",
    help: "↑ k  select the row above, or scroll",
  },
  { action: "down", keys: ["down", "j"], help: "↓ j  select the row below, or scroll" },
  {
    action: "open",
    keys: ["enter"],
    bar: "⏎ detail",
    help: "⏎  open the detail of the selected member",
  },
  {
    action: "filter",
    keys: ["/"],
    bar: "/ filter",
    help: "/  filter: part of a name, !dead, s:frozen, t:rack=3",
  },
  {
    action: "sort",
    keys: ["s"],
    bar: "s sort",
    help: "s  sort by status, name, phi, heard, round trip",
  },
  { action: "views", keys: ["v"], bar: "v views", help: "v  who sees what" },
  { action: "paths", keys: ["r"], bar: "r paths", help: "r  who reaches whom, of a guest's pool" },
  { action: "events", keys: ["e"], bar: "e events", help: "e  the event timeline" },
  {
    action: "next-pane",
    keys: ["tab"],
    bar: "tab pane",
    help: "tab  next pane (shift-tab: the one before)",
  },
  { action: "pause", keys: ["p"], bar: "p pause", help: "p  pause the screen (the node goes on)" },
  { action: "help", keys: ["?"], bar: "? help", help: "?  this help" },
  { action: "quit", keys: ["q", "ctrl-c"], bar: "q quit", help: "q ctrl-c  quit" },
  { action: "reverse-sort", keys: ["S"], help: "S  reverse the order" },
  { action: "top", keys: ["g", "home"], help: "g home  to the top" },
  { action: "end", keys: ["G", "end"], help: "G end  to the end; in the events: follow" },
  { action: "page-up", keys: ["pageup", "ctrl-b"], help: "PgUp ctrl-b  a page up" },
  {
    action: "page-down",
    keys: ["pagedown", "ctrl-f", " "],
    help: "PgDn ctrl-f space  a page down",
  },
  { action: "previous-pane", keys: ["shift-tab"], help: "shift-tab  the pane before" },
  { action: "copy", keys: ["y"], bar: "y copy", help: "y  copy the row as JSON to the clipboard" },
  {
    action: "attach-selected",
    keys: ["a"],
    bar: "a attach",
    help: "a  attach to the selected node; 1..9 to the n-th by name",
  },
  { action: "theme", keys: ["t"], help: "t  colours on or off" },
  { action: "back", keys: ["escape"], help: "esc  back: closes help, filter, detail" },
] as const satisfies readonly Binding[];

/** What a key does. */
export type Action = (typeof BINDINGS)[number]["action"];

export const KEY_MAP: readonly (Binding & { readonly action: Action })[] = BINDINGS;

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
