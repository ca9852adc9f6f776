/** Text of one look. */
export interface Run {
  readonly text: string;
  readonly look: Look;
}

export interface Look {
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  /** Number of the colour as in its escape sequence (`36` is cyan); undefined for the terminal's own. */
  readonly color: number | undefined;
}

const PLAIN: Look = { bold: false, dim: false, inverse: false, color: undefined };
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const SGR = /\x1b\[([0-9;]*)m/;

/** A line with our own escape sequences as runs of text. */
export function ansiRuns(line: string): Run[] {
  const runs: Run[] = [];
  let look = PLAIN;
  // Splitting by a pattern with a group leaves text and codes in turn.
  for (const [at, piece] of line.split(SGR).entries()) {
    if (at % 2 === 1) look = piece.split(";").map(Number).reduce(applyCode, look);
    else if (piece !== "") runs.push({ text: piece, look });
  }
  return runs;
}

function applyCode(look: Look, code: number): Look {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...look, bold: true };
  if (code === 2) return { ...look, dim: true };
  if (code === 22) return { ...look, bold: false, dim: false };
  if (code === 7) return { ...look, inverse: true };
  if (code === 27) return { ...look, inverse: false };
  if (code === 39) return { ...look, color: undefined };
  return (code >= 30 && code <= 37) || (code >= 90 && code <= 97) ? { ...look, color: code } : look;
}
