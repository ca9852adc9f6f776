import { utf8Length } from "../core/primitives/utf8.ts";

/** Largest datagram accepted from a peer: what one Ethernet frame carries over IPv4 (1,500 - 20 - 8). */
export const DATAGRAM_BYTES_MAX = 1472;

/**
 * Smallest `datagramBytesMax`: what every path carries over IPv6 (1,280 - 40 - 8). A full belief fits beside every body that
 * has to carry one, sealed or not.
 */
export const DATAGRAM_BYTES_MIN = 1232;

/** The largest unsigned number of 32 bits. */
export const UINT32_MAX = 0xffff_ffff;

/** Longest member or service name, in bytes. */
export const NAME_BYTES_MAX = 64;

/** Longest cluster label, in bytes. */
export const LABEL_BYTES_MAX = 64;

/** Longest name of a profile, in bytes. */
export const PROFILE_BYTES_MAX = 32;

/** Longest control API address (`host:port`), in bytes. */
export const API_BYTES_MAX = 64;

/** Longest version of a member's software, in bytes. */
export const VERSION_BYTES_MAX = 20;

/** Longest key of a tag, in bytes. */
export const TAG_KEY_BYTES_MAX = 64;

/** Tags and services of one member together, as encoded. */
export const ADVERTISED_BYTES_MAX = 512;

/** Largest weight of a service; the smallest is 1. */
export const SERVICE_WEIGHT_MAX = 256;

/** Longest payload of a user event or a query, in bytes of UTF-8. */
export const PAYLOAD_BYTES_MAX = 512;

/** Longest answer to a query, in bytes of UTF-8. */
export const ANSWER_BYTES_MAX = 768;

/** How long a query may run. */
export const QUERY_TIMEOUT_MS_MIN = 1;
/** The longest time a query may take, in ms. */
export const QUERY_TIMEOUT_MS_MAX = 60_000;

/** Most notices in one datagram: the smallest has 23 bytes, so no more fit. */
export const USER_MESSAGES_MAX = 64;

/** Most marks of held notices on one ping. */
export const MARKS_MAX = 64;

/** Most updates in one datagram. Who fills it need not count: the smallest fact has 23 bytes, and lists of deaths are few. */
export const UPDATES_MAX = 64;

/** A sync request has at most 2^6 = 64 bucket hashes. */
export const BUCKET_BITS_MAX = 6;
/** Buckets of a sync-request at most. */
export const BUCKETS_MAX = 2 ** BUCKET_BITS_MAX;

/** How long a helper may be asked to wait before it answers with a nack. */
export const NACK_AFTER_MS_MIN = 1;
/** The longest time a helper may be asked to wait for an ack, in ms. */
export const NACK_AFTER_MS_MAX = 60_000;

/** Phi travels in hundredths of 16 bits; what is higher is told as this. */
export const PHI_MAX = 655.35;

/** Protocol versions are one byte. */
export const PROTOCOL_VERSION_MAX = 255;

const NAME = new RegExp(`^[A-Za-z0-9._-]{1,${NAME_BYTES_MAX}}$`);
const TAG_KEY = new RegExp(`^[A-Za-z0-9._/-]{1,${TAG_KEY_BYTES_MAX}}$`);
const API = new RegExp(`^[!-~]{1,${API_BYTES_MAX}}$`);
const VERSION = new RegExp(`^[!-~]{1,${VERSION_BYTES_MAX}}$`);
const HALF_PAIR = /\p{Cs}/u;
// Control characters, and halves of surrogate pairs, which UTF-8 cannot say.
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/**
 * Whether `text` may name a member or a service: 1 to 64 of `A-Z a-z 0-9 . _ -`, and neither `.` nor `..`, which no URL can
 * have as a part of its path.
 */
export function isName(text: string): boolean {
  return NAME.test(text) && text !== "." && text !== "..";
}

/** Whether `text` may be the label of a cluster. */
export function isClusterLabel(text: string): boolean {
  return text.length <= LABEL_BYTES_MAX && NAME.test(text);
}

/** Whether `text` may name a profile. */
export function isProfileName(text: string): boolean {
  return text.length <= PROFILE_BYTES_MAX && NAME.test(text);
}

/** Whether `text` may be the key of a tag: as a name, and `/` too. */
export function isTagKey(text: string): boolean {
  return TAG_KEY.test(text);
}

/** Tags are shown on terminals, so no control characters; ADVERTISED_BYTES_MAX bounds their length. */
export function isTagValue(text: string): boolean {
  return !UNPRINTABLE.test(text);
}

/** Whether `text` may be what a user event or a query carries: any text of 512 bytes at most. */
export function isPayload(text: string): boolean {
  return fits(text, PAYLOAD_BYTES_MAX);
}

/** Whether `text` may answer a query: any text of 768 bytes at most. */
export function isAnswer(text: string): boolean {
  return fits(text, ANSWER_BYTES_MAX);
}

function fits(text: string, bytesMax: number): boolean {
  return text.length <= bytesMax && !HALF_PAIR.test(text) && utf8Length(text) <= bytesMax;
}

/** Whether `text` may be the version of a member's software: 1 to 20 visible ASCII characters. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** Whether `text` may be a control API address: 1 to 64 visible ASCII characters. */
export function isApiAddress(text: string): boolean {
  return API.test(text);
}
