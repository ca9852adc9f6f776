import type { Cancellable } from "./hearsay-node.ts";

/** The node is not there any more: it left, was closed, or gave way to another of its name. */
export class NodeEndedError extends Error {
  override readonly name = "NodeEndedError";
}

/** How long a node may be asked: a view that nobody keeps up to date any more is not an answer. */
export class Lifetime {
  private why: string | undefined;

  /** The first reason counts. */
  end(why: string): void {
    this.why ??= why;
  }

  /** @throws NodeEndedError */
  check(): void {
    if (this.why !== undefined) throw new NodeEndedError(this.why);
  }

  /** What `act` gives, unless the node has ended or the call was called off before. */
  ask<T>(asked: Cancellable | undefined, act: () => T): T {
    this.check();
    asked?.signal?.throwIfAborted();
    return act();
  }
}
