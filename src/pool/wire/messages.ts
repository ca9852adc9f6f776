import type { Endpoint, MemberName } from "../../core/member.ts";

/**
 * What memberlist's members say to each other in packets, and what a guest says to them. Names are
 * 1 to 255 bytes of anything here; `member-name.ts` maps them to strings and back without loss.
 */
export type PoolMessage =
  | {
      readonly kind: "ping";
      /** Unsigned 32 bits. The ack repeats it. */
      readonly seq: number;
      /** Whom the sender takes for the owner of the address; another one does not answer. */
      readonly target: MemberName;
      /** Left out, the ack comes back to the socket that the ping left from. */
      readonly replyTo?: Endpoint;
      readonly source: MemberName;
    }
  | {
      readonly kind: "indirect-ping";
      readonly seq: number;
      readonly target: MemberName;
      /** Where the helper finds the target. */
      readonly endpoint: Endpoint;
      readonly replyTo: Endpoint;
      readonly source: MemberName;
    }
  | { readonly kind: "ack"; readonly seq: number }
  /** The helper had no ack from its target within its time. */
  | { readonly kind: "nack"; readonly seq: number }
  | {
      readonly kind: "suspect" | "dead";
      readonly member: MemberName;
      /** Unsigned 32 bits; starts at 1 at each start of the member. */
      readonly incarnation: number;
      /** Who says so; a `dead` by the member itself is its goodbye. */
      readonly by: MemberName;
    }
  | { readonly kind: "alive"; readonly record: PoolRecord }
  /** A message of the engine above memberlist, such as Serf: opaque here. */
  | { readonly kind: "user"; readonly bytes: Uint8Array };

/** What a member says of itself. Immutable. */
export interface PoolRecord {
  readonly name: MemberName;
  /** Where its packets and streams go; an IPv4 address in either of its forms. */
  readonly endpoint: Endpoint;
  readonly incarnation: number;
  /** At most 512 bytes, opaque to memberlist: what the engine above it announces. */
  readonly meta: Uint8Array;
  /** Six bytes `[pmin pmax pcur dmin dmax dcur]`; fewer, or none, from very old members. */
  readonly versions: Uint8Array;
}

/** A member's state as memberlist numbers it: 0 to 3. A suspicion's accuser is not in it. */
export type PoolMemberState = "alive" | "suspect" | "dead" | "left";

/** One member as another one believes it. */
export interface PushPullState {
  readonly record: PoolRecord;
  readonly state: PoolMemberState;
}

/** A whole view, as it travels over a stream in both directions. */
export interface PushPull {
  /** The dialler asks to be joined. A guest never does. */
  readonly isJoin: boolean;
  /** The answering member itself is among them. */
  readonly members: readonly PushPullState[];
  /** What the engine above adds: opaque here. */
  readonly userState: Uint8Array;
}

/** The first byte of each message, and of each layer around one. */
export const MESSAGE_TYPE = {
  ping: 0,
  "indirect-ping": 1,
  ack: 2,
  suspect: 3,
  alive: 4,
  dead: 5,
  "push-pull": 6,
  compound: 7,
  user: 8,
  compressed: 9,
  encrypted: 10,
  nack: 11,
  checksum: 12,
  error: 13,
  label: 0xf4,
} as const;
