/**
 * What acts on a terminal instead of being read: control characters (C0, DEL, C1), line and paragraph separators, marks that
 * turn the direction of what follows, and characters that cannot be seen.
 */
const HARMFUL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a screen
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The colours that this program itself paints with, such as bold cyan; a text from elsewhere can move nothing with them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const OWN_COLORS = /(\x1b\[(?:[127]|2[27]|3[23569]|90)m)/;

/** How lines may be dressed. */
export interface LineStyle {
  /** Whether our own colours are among the text. */
  readonly color: boolean;
  /** Whether nothing but ASCII may come out. */
  readonly ascii: boolean;
}

/** A piece of text for one line of a screen: whatever could act on the terminal becomes `?`. */
export function safeText(text: string): string {
  return text.replace(HARMFUL, "?");
}

/** Lines of text, as one string, for a terminal or a log: safe, and in the reader's alphabet. Line ends stay. */
export function safeLines(text: string, { color, ascii }: LineStyle): string {
  const safe = (piece: string) => {
    const shown = replaceHarmful(piece, () => "?");
    return ascii ? toAscii(shown) : shown;
  };
  if (!color) return safe(text);
  // A capturing split gives text and colours in turn.
  return text
    .split(OWN_COLORS)
    .map((piece, at) => (at % 2 === 0 ? safe(piece) : piece))
    .join("");
}

/** The same for text that has to be one line, whatever a node or a scenario puts into it. */
export function safeLine(text: string, style: LineStyle): string {
  return safeLines(text, style).replace(/[\n\t]/g, "?");
}

/** JSON that means the same and holds nothing that acts on a terminal; JSON itself leaves C1 and direction marks as they are. */
export function safeJson(json: string): string {
  return replaceHarmful(json, (character) =>
    // Two escapes where the character takes two units.
    [...Array(character.length).keys()].map((at) => unicodeEscape(character, at)).join(""),
  );
}

/** Every harmful character but line ends and tabs replaced. */
export function replaceHarmful(text: string, replace: (character: string) => string): string {
  return text.replace(HARMFUL, (found) =>
    found === "\n" || found === "\t" ? found : replace(found),
  );
}

/** The marks of our own sentences, spelled out. */
const SPELLED: Readonly<Record<string, string>> = {
  "→": "->",
  "←": "<-",
  "⇒": "=>",
  "±": "+-",
  "≥": ">=",
  "≤": "<=",
  "×": "x",
  "−": "-",
  "–": "-",
  "—": "-",
  "·": ".",
  "…": "...",
  φ: "phi",
  µ: "u",
};

/** The text in ASCII alone: what has no spelling becomes `?`. */
export function toAscii(text: string): string {
  return text.replace(/[\u0080-\u{10ffff}]/gu, (character) => SPELLED[character] ?? "?");
}

/**
 * Whether the environment's locale writes UTF-8. Where none is set, nothing is known, and nearly every terminal does.
 */
export function isUtf8Locale(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find(
    (value) => value !== undefined && value !== "",
  );
  return locale === undefined || /utf-?8/i.test(locale);
}

function unicodeEscape(character: string, at: number): string {
  return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
}
