import type { Endpoint, MemberName, Millis } from "../../core/member.ts";
import type { PoolMessage, PushPull } from "../wire/messages.ts";

/**
 * Why a view could not be had. `refused`: the kernel there said that no process owns the port.
 * `unreachable`: this machine or a router has no way there. `silent`: the time was over. `closed`:
 * the other end hung up, as it does for another label or key. `garbled`: what came is not memberlist.
 */
export type PushPullFailure = "refused" | "unreachable" | "silent" | "closed" | "garbled";

/**
 * Everything that can happen to a watcher of a pool. Time comes beside it, as the first argument of
 * `step`.
 */
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
      readonly failure: PushPullFailure;
      readonly why: string;
    }
  /**
   * The only input that judges deadlines. `stalledMs`: how late it is because this process did not
   * run, else 0.
   */
  | { readonly kind: "wakeup"; readonly stalledMs: Millis }
  /**
   * These are the addresses of the pool as of now. The answer to a `seeds-wanted` event, or an
   * operator's wish. `hasUnresolved`: some of the names have no address yet.
   */
  | { readonly kind: "join"; readonly seeds: readonly Endpoint[]; readonly hasUnresolved?: boolean }
  /** Somebody wants to know what the member believes: `view-fetched` or `view-unreachable` follows. */
  | { readonly kind: "fetch-view"; readonly member: MemberName }
  /** Somebody depends on these members: ping them each period for a while. */
  | { readonly kind: "watch"; readonly subjects: readonly MemberName[]; readonly forMs: Millis };
