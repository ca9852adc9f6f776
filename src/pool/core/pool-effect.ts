import type { NodeEvent, SendTo } from "../../core/effect.ts";
import type { Endpoint, MemberName } from "../../core/member.ts";

/**
 * What a guest asks of a member. The host adds what the watcher does not know: the guest's own name,
 * and where a helper finds it (`replyTo`, in indirect pings alone).
 */
export type PoolRequest =
  | { readonly kind: "ping"; readonly seq: number; readonly target: MemberName }
  | {
      readonly kind: "indirect-ping";
      readonly seq: number;
      readonly target: MemberName;
      /** Where the helper finds the target. */
      readonly endpoint: Endpoint;
    };

/** What a step of a watcher wants done, in order. */
export type PoolEffect =
  /** With `to.probe` it is a ping that should leave through a connected socket. */
  | { readonly kind: "send"; readonly to: SendTo; readonly message: PoolRequest }
  /**
   * Ask for a whole view over a stream, with an empty one of our own. Exactly one `push-pull` or
   * `push-pull-failed` input answers, with the same `member`. `member` is null for an address of
   * which no name is known. At most one is under way for each member and for each address.
   */
  | {
      readonly kind: "push-pull";
      readonly member: MemberName | null;
      readonly endpoint: Endpoint;
    }
  | { readonly kind: "event"; readonly event: NodeEvent };
