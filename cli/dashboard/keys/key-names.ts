import type { Key } from "ink";

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
