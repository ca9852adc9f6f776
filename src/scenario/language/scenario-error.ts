/** Where something stands in a file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Something in a scenario that cannot be carried out. */
export interface ScenarioIssue {
  readonly id: string;
  readonly position: Position | undefined;
  /** One line: what, which value, what is allowed. */
  readonly message: string;
}

/** The scenario cannot be run, because of what is written in it. Nothing was started. */
export class ScenarioError extends Error {
  override readonly name = "ScenarioError";
  readonly issues: readonly ScenarioIssue[];

  constructor(file: string | null, issues: readonly ScenarioIssue[]) {
    super(issues.map((issue) => formatIssue(file, issue)).join("\n"));
    this.issues = issues;
  }
}

/** `file:line:column: message`, as editors and terminals take it. */
function formatIssue(file: string | null, { id, position, message }: ScenarioIssue): string {
  const place = position === undefined ? "" : `:${position.line}:${position.column}`;
  return `${file ?? "scenario"}${place}: ${file === null && id !== "" ? `${id}: ` : ""}${message}`;
}
