import { invariant } from "../core/errors.ts";
import type { ClusterKey } from "./cluster-key.ts";

/**
 * What a member of a cluster with a key does, from the first step of a cluster that moves to keys to the last:
 *
 * - `accept` takes what is sealed and what is not, and sends in the clear
 * - `prefer` takes both, and sends sealed
 * - `require` sends sealed, and takes nothing else
 */
export type GossipEncryption = "accept" | "prefer" | "require";

/** The keys that a node holds, and what it asks of others. Both can be changed while it runs. */
export class Keyring {
  private held: ReadonlyMap<string, ClusterKey> = new Map();
  private first: ClusterKey | undefined;
  private mode: GossipEncryption = "require";

  constructor(keys: readonly ClusterKey[], encryption: GossipEncryption) {
    this.use(keys, encryption);
  }

  /** The key that encrypts. */
  get primary(): ClusterKey {
    invariant(this.first !== undefined, "a keyring holds a key");
    return this.first;
  }

  get encryption(): GossipEncryption {
    return this.mode;
  }

  /** The key of that id, as 8 hex digits. */
  find(id: string): ClusterKey | undefined {
    return this.held.get(id);
  }

  /** Whether it holds exactly these, in this order. */
  holds(keys: readonly ClusterKey[]): boolean {
    const ids = [...this.held.keys()];
    return keys.length === ids.length && keys.every(({ id }, at) => id === ids[at]);
  }

  /** From now on holds these, the one that encrypts first. */
  use(keys: readonly ClusterKey[], encryption: GossipEncryption): void {
    const [first] = keys;
    invariant(first !== undefined, "a keyring holds a key");
    // The same key stays the same object, and so goes on with its counters.
    this.held = new Map(keys.map((key) => [key.id, this.held.get(key.id) ?? key]));
    this.first = this.held.get(first.id);
    this.mode = encryption;
  }
}
