import type { Endpoint, MemberName, Millis, Service, Tags } from "./member.ts";
import type { Message } from "./message.ts";
import type { UserMessageId } from "./user-message.ts";

/** Everything that can happen to a node. Time comes beside it, as the first argument of `step`. */
export type Input =
  | { readonly kind: "message"; readonly from: Endpoint; readonly message: Message }
  /** The kernel reported that no process owns the port that the ping `seq` to `member` went to. */
  | { readonly kind: "refused"; readonly member: MemberName; readonly seq: number }
  /**
   * The only input that judges deadlines. `stalledMs`: how late it is because this process did not
   * run, else 0.
   */
  | { readonly kind: "wakeup"; readonly stalledMs: Millis }
  /**
   * These are the seeds as of now: dial them. The answer to a `seeds-wanted` event, or an
   * operator's wish. `hasUnresolved`: some of their names have no address yet.
   */
  | { readonly kind: "join"; readonly seeds: readonly Endpoint[]; readonly hasUnresolved?: boolean }
  | { readonly kind: "leave" }
  | { readonly kind: "advertise"; readonly tags: Tags; readonly services: readonly Service[] }
  /** Observe these members for a while, because somebody depends on them. */
  | { readonly kind: "watch"; readonly subjects: readonly MemberName[]; readonly forMs: Millis }
  | { readonly kind: "fetch-view"; readonly member: MemberName }
  | { readonly kind: "forget"; readonly member: MemberName }
  /** A user event for all nodes, this one included. */
  | { readonly kind: "send-user-event"; readonly name: string; readonly payload: string }
  /** A query for all nodes, this one included; the events about the answers repeat `ticket`. */
  | {
      readonly kind: "send-query";
      readonly ticket: number;
      readonly name: string;
      readonly payload: string;
      readonly timeoutMs: Millis;
    }
  /** This node's answer to a `query` event; null: there is none. */
  | { readonly kind: "answer"; readonly query: UserMessageId; readonly answer: string | null };
