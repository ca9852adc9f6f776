/** Where a benchmark writes: figures as data, progress as talk. */
export interface BenchOutput {
  /** Whether the data is one JSON text for programs instead of tables. */
  readonly json: boolean;
  /** One line of data, or one JSON text. */
  data(line: string): void;
  /** One line for people who watch. */
  talk(line: string): void;
}

/** Gives the figures out: `body` as one JSON text for programs, in its place `lines` for people. */
export function putFigures(output: BenchOutput, body: object, lines: readonly string[]): void {
  if (output.json) output.data(JSON.stringify({ v: 1, ...body }));
  else for (const line of lines) output.data(line);
}
