/** No usable node answers at the address. The message names the address and the remedy; exit code 3. */
export class NodeUnreachableError extends Error {
  override readonly name = "NodeUnreachableError";
  readonly url: string;
  /** The clause of the message that says what is wrong. */
  readonly why: string;

  constructor(url: string, why: string, remedy: string, text?: string) {
    super(text ?? `no hearsay node at ${url}: ${why}; ${remedy}`);
    this.url = url;
    this.why = why;
  }
}

/** The node does not know its whole cluster yet, which takes a moment; callers treat it as unreachable. */
export class NodeNotReadyError extends NodeUnreachableError {
  constructor(url: string, sentence: string) {
    super(url, sentence, "", sentence);
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
