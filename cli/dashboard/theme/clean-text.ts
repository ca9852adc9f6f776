/** Control characters, and the marks that turn the direction of what follows: nothing that moves the cursor or reorders a line. */
const HARMFUL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not paint
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb]/g;

/** Text from a node, made safe for a cell of the screen: what could act on the terminal becomes `?`. */
export function cleanText(text: string): string {
  return text.replace(HARMFUL, "?");
}
