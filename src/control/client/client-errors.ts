/** Nobody usable answers at the address. The message names the address and the remedy; exit code 3. */
export class NodeUnreachableError extends Error {
  override readonly name = "NodeUnreachableError";
  readonly url: string;
  /** The clause of the message that says what is wrong. */
  readonly why: string;

  constructor(url: string, why: string, remedy: string) {
    super(`no hearsay node at ${url}: ${why}; ${remedy}`);
    this.url = url;
    this.why = why;
  }
}

/** The node answered, and refused: `message` is its own sentence. */
export class RequestRefusedError extends Error {
  override readonly name = "RequestRefusedError";
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, sentence: string) {
    super(sentence);
    this.status = status;
  }
}
