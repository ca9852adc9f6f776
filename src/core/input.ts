import type { Endpoint, MemberName, Millis, Service, StartId, Tags } from "./member.ts";
import type { Message } from "./message.ts";
import type { UserMessageId } from "./user-message.ts";

/**
 * How a wire closed. `ended`: by a FIN, which the kernel at the other end sends when the process
 * ends. `reset`: by a reset or a time-out, which a middlebox can bring about as well.
 */
export type WireEnd = "ended" | "reset";

/**
 * What a kernel says to a connect. `answered`: a process has the port, whether it runs or stands
 * still. `refused`: none has it.
 */
export type DialAnswer = "answered" | "refused";

/** Everything that can happen to a node. Time comes beside it, as the first argument of `step`. */
export type Input =
  | {
      readonly kind: "message";
      readonly from: Endpoint;
      readonly message: Message;
      /** Length of the datagram that brought it. */
      readonly bytes: number;
    }
  /** The kernel reported that no process owns the port that the ping `seq` to `member` went to. */
  | { readonly kind: "refused"; readonly member: MemberName; readonly seq: number }
  /** The wire to that run of a member is open: its process answered our hello. */
  | { readonly kind: "wire-opened"; readonly member: MemberName; readonly startId: StartId }
  /** The open wire to that run of a member closed. */
  | {
      readonly kind: "wire-closed";
      readonly member: MemberName;
      readonly startId: StartId;
      readonly how: WireEnd;
    }
  /** The answer of the member's kernel to the dial `seq`. Nothing comes where it is silent. */
  | {
      readonly kind: "dialled";
      readonly member: MemberName;
      readonly seq: number;
      readonly answer: DialAnswer;
    }
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
