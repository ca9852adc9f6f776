import type { MemberName, Millis, StartId } from "./member.ts";

/** Which message: the run of the process that gave it out, and its number there, from 1. */
export interface UserMessageId {
  readonly origin: MemberName;
  readonly startId: StartId;
  /** Unsigned 32 bits, shared by the user events and the queries of one run. */
  readonly seq: number;
}

/** What a user says to all nodes at once, as it travels. */
export type UserMessage = UserEventMessage | QueryMessage;

/** Something happened that the cluster may want to act on: every live node hears it once. */
export interface UserEventMessage extends UserMessageId {
  readonly kind: "user-event";
  /** How long ago it was given out, as far as its carriers know. */
  readonly ageMs: Millis;
  readonly name: string;
  readonly payload: string;
}

/** The same with a question: a node that knows an answer sends it to the origin by the deadline. */
export interface QueryMessage extends UserMessageId {
  readonly kind: "query";
  readonly ageMs: Millis;
  readonly name: string;
  readonly payload: string;
  /** From its giving out to its deadline. */
  readonly timeoutMs: Millis;
}

/**
 * Half of a hash of a UserMessageId: enough to tell apart the few messages that are held at one
 * time.
 */
export type UserMessageMark = number;

/** What rides on a message beside its updates. Nodes that know nothing of it skip it. */
export interface PiggybackedMessages {
  readonly messages: readonly UserMessage[];
  /** On a ping: the messages that its sender holds, so that the ack can bring those it lacks. */
  readonly held: readonly UserMessageMark[];
}
