import type { MemberName, Millis } from "../core/member.ts";

/** `POST /v1/events`: a user event for all nodes. Name as a member's, payload at most 512 bytes of UTF-8. */
export interface UserEventRequest {
  readonly name: string;
  readonly payload?: string | undefined;
}

/** `POST /v1/events`, answered when the event is on its way. */
export interface ToldBody {
  readonly v: 1;
  readonly told: string;
}

/** `POST /v1/queries`: a question to all nodes, with its deadline: 5 s unless given, at most 60 s. */
export interface QueryRequest extends UserEventRequest {
  readonly timeoutMs?: Millis | undefined;
}

/** `POST /v1/queries`, answered once every member present has answered, or at the deadline. */
export interface QueryBody {
  readonly v: 1;
  readonly name: string;
  /** In the order in which they came. */
  readonly answers: readonly MemberAnswer[];
  /** Members that have no answer to queries of this name. */
  readonly declined: readonly MemberName[];
  /** Members that did not answer in time. */
  readonly silent: readonly MemberName[];
}

/** What one member answered to a query. */
export interface MemberAnswer {
  readonly member: MemberName;
  /** At most 768 bytes of UTF-8. */
  readonly answer: string;
  readonly tookMs: Millis;
}
