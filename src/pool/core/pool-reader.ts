import type { MemberName, Service, Tags } from "../../core/member.ts";
import type { PoolRecord } from "../wire/messages.ts";

/** How the bytes of the engine above memberlist are read. No call may throw, whatever the bytes are. */
export interface PoolReader {
  /** What a member announces in its `meta`. */
  advertised(record: PoolRecord): { readonly tags: Tags; readonly services: readonly Service[] };
  /**
   * The members that the engine says are leaving, by a user message or by the user state of a push/pull;
   * none where it says nothing about that. Undefined where the engine has no word for it: then a
   * `dead` by the member itself is its goodbye. Else it is one only after such a word.
   */
  readonly leaving?: {
    inMessage(bytes: Uint8Array): readonly MemberName[];
    inUserState(bytes: Uint8Array): readonly MemberName[];
  };
}
