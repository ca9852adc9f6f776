/** What the first page of help shows. */
export interface HelpPage {
  readonly usage: readonly string[];
  readonly groups: readonly HelpGroup[];
  readonly footer: readonly string[];
}

/** A title, and below it words with what they do. */
export interface HelpGroup {
  readonly title: string;
  readonly rows: readonly (readonly [word: string, text: string])[];
  /** Its words are whole lines: its texts begin further right than those of the other groups. */
  readonly isWide?: boolean;
}

const WIDTH_MAX = 80;

/** The page as lines of at most 80 columns; texts that do not fit continue below their beginning. */
export function formatHelpPage({ usage, groups, footer }: HelpPage): string[] {
  return [
    ...usage,
    ...groups.flatMap(({ title, rows, isWide }) => {
      const narrow = groups.filter((group) => group.isWide !== true);
      const besides = isWide === true ? rows : narrow.flatMap((group) => group.rows);
      const width = Math.max(...besides.map(([word]) => word.length));
      return ["", `${title}:`, ...rows.flatMap((row) => formatRow(row, width))];
    }),
    "",
    ...footer,
  ];
}

function formatRow([word, text]: readonly [string, string], width: number): string[] {
  const indent = " ".repeat(width + 4);
  const [first = "", ...others] = wrap(text, WIDTH_MAX - indent.length);
  return [`  ${word.padEnd(width)}  ${first}`, ...others.map((line) => indent + line)];
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else lines.push(word);
  }
  return lines;
}
