import { invariant } from "../core/errors.ts";
import type { Millis } from "../core/member.ts";
import type { ClusterKey } from "./cluster-key.ts";

/**
 * What a member of a cluster with a key does, from the first step of a cluster that moves to keys to the last:
 *
 * - `accept` takes what is sealed and what is not, and sends in the clear
 * - `prefer` takes both, and sends sealed
 * - `require` sends sealed, and takes nothing else
 */
export type GossipEncryption = "accept" | "prefer" | "require";

/** What is known of a key without the key. */
export interface KeyUse {
  readonly id: string;
  /** Datagrams and hellos that were opened with it. */
  readonly opened: number;
  /** When the last one was, by `performance.now()`; undefined: none. */
  readonly openedAtMs: Millis | undefined;
}

interface HeldKey {
  readonly key: ClusterKey;
  opened: number;
  openedAtMs: Millis | undefined;
}

/** Ids of keys that were given up, and are still told apart from those never held. */
const RETIRED_MAX = 64;

/** The keys that a node holds, and what it asks of others. Both can be changed while it runs. */
export class Keyring {
  private held: ReadonlyMap<string, HeldKey> = new Map();
  private first: ClusterKey | undefined;
  private mode: GossipEncryption = "require";
  private readonly retired = new Set<string>();

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

  /** What each key was used for, the one that encrypts first. */
  get uses(): readonly KeyUse[] {
    return Array.from(this.held, ([id, { opened, openedAtMs }]) => ({ id, opened, openedAtMs }));
  }

  /** The key of that id, as 8 hex digits. */
  find(id: string): ClusterKey | undefined {
    return this.held.get(id)?.key;
  }

  /** Whether a key of that id was held by this process and is no more: its owner missed a rotation. */
  hasRetired(id: string): boolean {
    return this.retired.has(id);
  }

  /** Something was opened with that key. */
  recordOpened(id: string): void {
    const held = this.held.get(id);
    if (held === undefined) return;
    held.opened++;
    held.openedAtMs = performance.now();
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
    const before = this.held;
    // The same key stays the same object, and so goes on with its counters.
    const newlyHeld = (key: ClusterKey): HeldKey => ({ key, opened: 0, openedAtMs: undefined });
    this.held = new Map(keys.map((key) => [key.id, before.get(key.id) ?? newlyHeld(key)]));
    this.first = this.find(first.id);
    this.mode = encryption;
    this.noteRetired(before.keys());
  }

  /** Keys of these ids were given up, be it by a process before this one. */
  retire(ids: Iterable<string>): void {
    this.noteRetired(ids);
  }

  private noteRetired(before: Iterable<string>): void {
    for (const id of before) this.retired.add(id);
    for (const id of this.held.keys()) this.retired.delete(id);
    for (const id of this.retired) {
      if (this.retired.size <= RETIRED_MAX) return;
      this.retired.delete(id);
    }
  }
}
