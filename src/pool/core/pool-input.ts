import type { Endpoint, MemberName, Millis } from "../../core/member.ts";
import type { PoolMessage, PushPull } from "../wire/messages.ts";

/** Everything that can happen to a watcher of a pool. Time comes beside it, as the first argument of `step`. */
export type PoolInput =
  /** One message of a packet; the messages of one packet come one after another, in its order. */
  | { readonly kind: "message"; readonly from: Endpoint; readonly message: PoolMessage }
  /** The kernel reported that no process owns the port that the ping `seq` to `member` went to. */
  | { readonly kind: "refused"; readonly member: MemberName; readonly seq: number }
  /** The whole view of the member that answers at `from`, as asked for by a `push-pull` effect. */
  | {
      readonly kind: "push-pull";
      /** Whom the effect asked; null where it asked an address of which no name was known. */
      readonly member: MemberName | null;
      readonly from: Endpoint;
      readonly view: PushPull;
    }
  /** The view could not be had. `why` is one clause for people. */
  | {
      readonly kind: "push-pull-failed";
      readonly member: MemberName | null;
      readonly from: Endpoint;
      readonly why: string;
    }
  /**
   * The only input that judges deadlines. `stalledMs`: how late it is because this process did not
   * run, else 0.
   */
  | { readonly kind: "wakeup"; readonly stalledMs: Millis }
  /** Somebody wants to know what the member believes. */
  | { readonly kind: "fetch-view"; readonly member: MemberName }
  /** Somebody depends on these members: ping them each period for a while. */
  | { readonly kind: "watch"; readonly subjects: readonly MemberName[]; readonly forMs: Millis };
