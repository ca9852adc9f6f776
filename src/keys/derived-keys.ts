import type { ClusterKey } from "./cluster-key.ts";

/** Runs of other members whose keys are kept. Of more, the one that was not heard for longest goes. */
export const DERIVED_KEYS_MAX = 8192;

/** The key of one run of a member. */
export interface DerivedKey {
  readonly name: string;
  readonly key: Uint8Array;
}

/**
 * The keys that others derived for their runs. One is kept only when a frame was opened with it: so a stranger, who
 * can write any salt, costs a derivation and drives no member's key out.
 */
export class DerivedKeys {
  private readonly purpose: "datagram" | "hello";
  private readonly kept = new Map<string, DerivedKey>();

  constructor(purpose: "datagram" | "hello") {
    this.purpose = purpose;
  }

  get size(): number {
    return this.kept.size;
  }

  /** The kept key, or one that is derived now. */
  find(clusterKey: ClusterKey, salt: Uint8Array, startId: Uint8Array): DerivedKey {
    const context = Buffer.concat([salt, startId]);
    const name = clusterKey.id + context.toString("latin1");
    return this.kept.get(name) ?? { name, key: clusterKey.derive(this.purpose, context) };
  }

  /** A frame was opened with it. */
  keep(derived: DerivedKey): void {
    // The last one opened is the last of the map.
    this.kept.delete(derived.name);
    this.kept.set(derived.name, derived);
    if (this.kept.size <= DERIVED_KEYS_MAX) return;
    const [oldest] = this.kept.keys();
    if (oldest !== undefined) this.kept.delete(oldest);
  }
}
