import type { Cancellable } from "./hearsay-node.ts";

/** The node has ended: it left, was closed, or gave way to another of its name. */
export class NodeEndedError extends Error {
  override readonly name = "NodeEndedError";
}

/** Whether a node may still be asked: once it has ended, its view is out of date. */
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
