import type { NodesSource } from "../language/scalar-sources.ts";

/** Of a condition about views. */
export interface WithViewers {
  /** The nodes whose views count; default: all that run. */
  readonly viewers?: NodesSource | undefined;
}

/** Of a condition about what has happened. */
export interface WithSince {
  /** Text of a mark; default: the beginning of the block. */
  readonly since?: string | undefined;
}
