import type { Millis } from "../core/member.ts";

/** The keys of a node, by their ids alone. */
export interface EncryptionBody {
  readonly mode: "accept" | "prefer" | "require";
  /** The first encrypts, all decrypt. */
  readonly keys: readonly {
    readonly id: string;
    /** What was opened with it since it is held. */
    readonly opened: number;
    /** How long ago the last of that was; null: nothing was. */
    readonly openedAgoMs: Millis | null;
  }[];
}
