import type { ChangeCause } from "../../core/effect.ts";
import type { AccusationReason, MemberName, MemberState, Millis } from "../../core/member.ts";
import { equalHash, type Hash64, hash64, xorHash, ZERO_HASH } from "../../core/primitives/hash.ts";

/**
 * One viewer changed its mind about one member: its state, or, while that is `suspect`, the kind of
 * its silence.
 */
export interface BeliefChange {
  readonly atMs: Millis;
  /** Name of the process. */
  readonly viewer: string;
  readonly member: MemberName;
  /** Null: not known before. */
  readonly from: MemberState | null;
  /** Null: forgotten altogether. */
  readonly to: MemberState | null;
  readonly incarnation: number;
  /** Whose word it was. */
  readonly by: MemberName;
  /** `view`: found in the viewer's whole view; `reaped`: its tombstone was old enough. */
  readonly cause: ChangeCause | "view" | "reaped";
  /** Of a suspect or dead member, where it is known; else null. */
  readonly silence: AccusationReason | null;
  readonly phi: number | null;
}

/** Who sees whom how, at one moment. */
export interface BeliefMatrix {
  /** Rows: processes that run, in the order of the scenario. */
  readonly viewers: readonly string[];
  /** Columns: members. */
  readonly members: readonly MemberName[];
  /** `states[row][column]`; null: not known to that viewer. */
  readonly states: readonly (readonly (MemberState | null)[])[];
}

/** What one viewer holds of one member. */
export interface Belief {
  readonly state: MemberState;
  readonly incarnation: number;
  readonly sinceMs: Millis;
  /**
   * Why it is suspect or dead: the kind of its silence. Null where that is not known, and in all
   * other states.
   */
  readonly silence: AccusationReason | null;
  /** Since when the viewer knows what is the matter: that it is dead, or frozen. */
  readonly detectedSinceMs: Millis | undefined;
  /**
   * It took the member for dead although nothing kept the two apart. So it stays: how soon a death
   * is undone once its cause is gone is another question.
   */
  readonly isUnprovoked: boolean;
}

/** What every viewer believes, kept up by what it told. Names of viewers are of processes. */
export class Beliefs {
  private readonly views = new Map<string, View>();

  /** A process began: it knows nobody yet. */
  begin(viewer: string): void {
    this.views.set(viewer, new View());
  }

  end(viewer: string): void {
    this.views.delete(viewer);
  }

  get(viewer: string, member: MemberName): Belief | undefined {
    return this.views.get(viewer)?.beliefs.get(member);
  }

  set(viewer: string, member: MemberName, belief: Belief | undefined): void {
    this.views.get(viewer)?.set(member, belief);
  }

  of(viewer: string): ReadonlyMap<MemberName, Belief> {
    return this.views.get(viewer)?.beliefs ?? NOTHING;
  }

  /** The beliefs that are not `alive`: few, where all is well, in clusters of any size. */
  unusual(viewer: string): ReadonlyMap<MemberName, Belief> {
    return this.views.get(viewer)?.unusual ?? NOTHING;
  }

  /** Whether these viewers hold the same states and incarnations. Costs one comparison a viewer. */
  areEqual(viewers: readonly string[]): boolean {
    const [first, ...others] = viewers.map((viewer) => this.views.get(viewer)?.hash ?? ZERO_HASH);
    return first === undefined || others.every((hash) => equalHash(hash, first));
  }
}

const NOTHING: ReadonlyMap<MemberName, Belief> = new Map();

class View {
  readonly beliefs = new Map<MemberName, Belief>();
  readonly unusual = new Map<MemberName, Belief>();
  /** Of all beliefs, whatever their order. */
  hash: Hash64 = ZERO_HASH;

  set(member: MemberName, belief: Belief | undefined): void {
    const before = this.beliefs.get(member);
    if (before !== undefined) this.hash = xorHash(this.hash, hashOf(member, before));
    if (belief === undefined || belief.state === "alive") this.unusual.delete(member);
    else this.unusual.set(member, belief);
    if (belief === undefined) this.beliefs.delete(member);
    else {
      this.beliefs.set(member, belief);
      this.hash = xorHash(this.hash, hashOf(member, belief));
    }
  }
}

function hashOf(member: MemberName, { state, incarnation }: Belief): Hash64 {
  return hash64(`${member} ${state} ${incarnation}`);
}
