import type { MemberName, Millis } from "../core/member.ts";

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

/** `GET /v1/keys`: the keys of all members, asked over gossip now. */
export interface KeysBody {
  readonly v: 1;
  readonly members: readonly MemberKeys[];
  /** Members that did not answer within 5 s. */
  readonly silent: readonly MemberName[];
}

/** The ids of one member's keys. */
export interface MemberKeys {
  readonly member: MemberName;
  /** Null for a member without keys. */
  readonly encryption: EncryptionBody["mode"] | null;
  /** The first encrypts. */
  readonly keys: readonly string[];
}

/** `POST /v1/keys`, `POST /v1/keys/:id/use`, `DELETE /v1/keys/:id`: how many members have done it. */
export interface KeyOutcomeBody {
  readonly v: 1;
  readonly id: string;
  readonly done: readonly MemberName[];
  readonly failed: readonly { readonly member: MemberName; readonly why: string }[];
  readonly silent: readonly MemberName[];
}
