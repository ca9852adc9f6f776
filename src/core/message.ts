import type {
  Endpoint,
  MemberName,
  Millis,
  StartId,
  Update,
  ViewDigest,
  ViewEntry,
} from "./member.ts";
import type { Hash64 } from "./primitives/hash.ts";
import type { PiggybackedMessages, UserMessage } from "./user-message.ts";

/**
 * What every datagram says of its sender. A newer counter of a known start id is evidence of life.
 */
export interface Header {
  readonly sender: MemberName;
  readonly startId: StartId;
  readonly incarnation: number;
  /** Unsigned 32 bits, one more with each datagram of this start id, from 1. */
  readonly counter: number;
  /**
   * Length of the stall the sender just noticed in itself, else 0: peers do not learn from that
   * gap.
   */
  readonly stalledMs: Millis;
  /**
   * `nameMark` of the member that it is meant for; null where the sender knows only an address. It travels sealed alone: in
   * the clear, whoever brings a datagram to another member could write it anew.
   */
  readonly addressee?: number | null;
}

/** One datagram: who speaks, what about, and the updates that ride along. */
export interface Message {
  readonly header: Header;
  readonly body: MessageBody;
  readonly updates: readonly Update[];
  /** User events and queries, where any ride along. */
  readonly news?: PiggybackedMessages;
}

/**
 * `padding`: so many zeros make a request as long as the answer that it wants, because nobody
 * answers an address that may be forged with more bytes than came from there.
 *
 * `seq` is an unsigned 32-bit number chosen by the asker; the answer repeats it.
 */
export type MessageBody =
  | {
      readonly kind: "ping";
      readonly seq: number;
      readonly target: MemberName;
      readonly digest: ViewDigest;
      readonly padding?: number;
    }
  | {
      readonly kind: "ack";
      readonly seq: number;
      readonly digest: ViewDigest;
      /** The sender has not joined yet: that it agrees proves nothing. */
      readonly isPartial?: true;
      /** While all is calm the asker may wait for so long with its next ping: then is its turn. */
      readonly turnMs?: Millis;
    }
  /** The answer of a node that is not the `target` of a ping: another member has its port now. */
  | { readonly kind: "not-me"; readonly seq: number; readonly target: MemberName }
  /** Please ping `target` for me; without an ack by `nackAfterMs` say so. */
  | {
      readonly kind: "ping-req";
      readonly seq: number;
      readonly target: MemberName;
      readonly endpoint: Endpoint;
      readonly nackAfterMs: Millis;
      readonly padding?: number;
    }
  /** The helper heard `target`, with this start id and incarnation. */
  | {
      readonly kind: "relayed-ack";
      readonly seq: number;
      readonly target: MemberName;
      readonly startId: StartId;
      readonly incarnation: number;
    }
  /**
   * The helper lives, and `target` did not answer it (`refused`: its host said that nobody owns the
   * port).
   */
  | {
      readonly kind: "nack";
      readonly seq: number;
      readonly target: MemberName;
      readonly refused: boolean;
    }
  /** Nothing but updates. */
  | { readonly kind: "gossip" }
  /** Tell me what you hold about `member`; answered by gossip with a belief, or not at all. */
  | { readonly kind: "record-request"; readonly member: MemberName; readonly padding?: number }
  /**
   * One page of a sync, and how a node joins. `hashes` has 2^bucketBits view digests, one a bucket
   * of names; the answer holds the members of differing buckets that come after `after` in (name
   * hash, name) order.
   */
  | {
      readonly kind: "sync-request";
      readonly seq: number;
      readonly profile: string;
      readonly bucketBits: number;
      readonly hashes: readonly Hash64[];
      readonly after: MemberName | null;
      readonly padding?: number;
    }
  /**
   * The members asked for, as belief updates. `buckets` lists those that differ and that this page
   * speaks of; `next` is the `after` to go on with, null at the end.
   */
  | {
      readonly kind: "sync-page";
      readonly seq: number;
      readonly buckets: readonly number[];
      readonly next: MemberName | null;
      /** The answerer has not joined itself: what it knows is not all. */
      readonly isPartial?: true;
    }
  /** What the asker holds and the answerer of a sync did not, as belief updates. */
  | { readonly kind: "sync-push" }
  /** This cluster runs another profile. */
  | { readonly kind: "join-refused"; readonly seq: number; readonly profile: string }
  /** Your name is held by another running process. */
  | {
      readonly kind: "conflict";
      readonly name: MemberName;
      readonly holder: Endpoint;
      readonly holderStartId: StartId;
    }
  | {
      readonly kind: "view-request";
      readonly seq: number;
      readonly after: MemberName | null;
      readonly padding?: number;
    }
  | {
      readonly kind: "view-page";
      readonly seq: number;
      readonly digest: ViewDigest;
      readonly entries: readonly ViewEntry[];
      readonly next: MemberName | null;
    }
  /**
   * To the origin of the query `seq` of the run `startId`; null says that nobody here answers it.
   * Sent again until acknowledged.
   */
  | {
      readonly kind: "answer";
      readonly seq: number;
      readonly startId: StartId;
      readonly answer: string | null;
    }
  | { readonly kind: "answer-ack"; readonly seq: number };

/** What a datagram asks or answers. */
export type MessageKind = MessageBody["kind"];

/**
 * Sizes on the wire, given to the core so that it can fill datagrams without knowing the encoding.
 */
export interface MessageSizer {
  /** Upper bound of the bytes that `update` adds to a datagram. */
  updateBytes(update: Update): number;
  /** Upper bound of the bytes that `notice` adds to the news of a datagram, whatever its age. */
  userMessageBytes(notice: UserMessage): number;
  /** Upper bound of the bytes that news with so many marks, and no notice, adds to a datagram. */
  piggybackBaseBytes(held: number): number;
  /** Upper bound of the bytes that `entry` adds to a view page. */
  viewEntryBytes(entry: ViewEntry): number;
  /** Upper bound of a datagram with this header and body, envelope included, before any update. */
  baseBytes(header: Header, body: MessageBody): number;
}
