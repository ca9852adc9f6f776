import type { NodeEvent, SendTo } from "../../core/effect.ts";
import type { Endpoint, MemberName } from "../../core/member.ts";
import type { PoolMessage } from "../wire/messages.ts";

/** What a step of a watcher wants done, in order. */
export type PoolEffect =
  | { readonly kind: "send"; readonly to: SendTo; readonly message: PoolMessage }
  /** Ask for a whole view over a stream; a `push-pull` or a `push-pull-failed` input answers. */
  | {
      readonly kind: "push-pull";
      readonly member: MemberName | null;
      readonly endpoint: Endpoint;
    }
  | { readonly kind: "event"; readonly event: NodeEvent };
