import type { Endpoint, MemberName } from "../../../core/member.ts";

/** One fact about one member, as both baselines tell it. */
export type BaselineUpdate =
  | {
      readonly kind: "alive";
      readonly member: MemberName;
      readonly incarnation: number;
      readonly endpoint: Endpoint;
    }
  | {
      readonly kind: "suspect" | "dead";
      readonly member: MemberName;
      readonly incarnation: number;
      readonly from: MemberName;
    };

/** One row of a member list that is handed over whole. */
export interface ListedMember {
  readonly member: MemberName;
  readonly endpoint: Endpoint;
  readonly incarnation: number;
  readonly state: "alive" | "suspect" | "dead";
}

/** What travels through a stream: a ping of last resort, or a whole member list. */
export type StreamPayload =
  | { readonly kind: "ping"; readonly target: MemberName }
  | { readonly kind: "list"; readonly members: readonly ListedMember[] };

/** What a baseline's datagram says, beside the updates that it carries. */
export type BaselineBody =
  | { readonly kind: "ping"; readonly seq: number; readonly target: MemberName }
  | { readonly kind: "ack" | "nack"; readonly seq: number }
  | {
      readonly kind: "ping-req";
      readonly seq: number;
      readonly target: MemberName;
      readonly endpoint: Endpoint;
    }
  | { readonly kind: "gossip" }
  /** A stream's handshake, and what is said through it. */
  | { readonly kind: "stream-open" | "stream-accept"; readonly stream: number }
  | {
      readonly kind: "stream-request" | "stream-response";
      readonly stream: number;
      readonly payload: StreamPayload;
    };

/** One datagram or segment: what it says, and the updates that ride along. */
export interface BaselineMessage {
  readonly from: MemberName;
  readonly body: BaselineBody;
  readonly updates: readonly BaselineUpdate[];
}

/** What memberlist lets a datagram have (UDPBufferSize), and what it adds for each part. */
export const DATAGRAM_BYTES_MAX = 1400;
const CHECKSUM_BYTES = 5;
const COMPOUND_BYTES = 2;
/** The length that stands before each part of a compound message. */
export const PART_BYTES = 2;

/**
 * Bytes of an update in memberlist's encoding (msgpack maps with their field names, v0.2.2, no
 * compression), with short incarnations and IPv4 addresses.
 */
export function updateBytes(update: BaselineUpdate): number {
  const name = update.member.length;
  return update.kind === "alive" ? 60 + name : 31 + name + update.from.length;
}

/** Bytes of a body in the same encoding; a stream's handshake has no payload. */
export function bodyBytes(body: BaselineBody, sender: MemberName): number {
  switch (body.kind) {
    case "ping":
      return 61 + body.target.length + sender.length;
    case "ping-req":
      return 87 + body.target.length + sender.length;
    case "ack":
      return 22;
    case "nack":
      return 13;
    case "stream-request":
    case "stream-response":
      return payloadBytes(body.payload, sender);
    default:
      return 0;
  }
}

/** Payload of one datagram, or of one segment of a stream. */
export function messageBytes({ from, body, updates }: BaselineMessage): number {
  if (isOfStream(body)) return bodyBytes(body, from);
  const parts = updates.length + (body.kind === "gossip" ? 0 : 1);
  const compound = parts > 1 ? COMPOUND_BYTES + parts * PART_BYTES : 0;
  const said = updates.reduce((sum, update) => sum + updateBytes(update), bodyBytes(body, from));
  return CHECKSUM_BYTES + compound + said;
}

/** What is left for updates beside this body. */
export function roomBeside(body: BaselineBody, sender: MemberName): number {
  return DATAGRAM_BYTES_MAX - COMPOUND_BYTES - bodyBytes(body, sender);
}

function payloadBytes(payload: StreamPayload, sender: MemberName): number {
  if (payload.kind === "ping") return 61 + payload.target.length + sender.length;
  return payload.members.reduce((sum, { member }) => sum + 65 + member.length, 45);
}

/** Whether it travels through TCP. */
export function isOfStream(body: BaselineBody): boolean {
  return body.kind.startsWith("stream-");
}
