/** Where a benchmark writes: figures as data, progress as talk. */
export interface BenchOutput {
  /** Whether the data is one JSON text for programs instead of tables. */
  readonly json: boolean;
  /** One line of data, or one JSON text. */
  data(line: string): void;
  /** One line for people who watch. */
  talk(line: string): void;
}
