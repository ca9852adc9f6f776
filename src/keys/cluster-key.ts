import { createHmac, randomBytes } from "node:crypto";

/** Bytes of a cluster key, and of every key that is derived from it. */
export const KEY_BYTES = 32;

/** Bytes of a key id. */
export const KEY_ID_BYTES = 4;

const BASE64_KEY = /^[A-Za-z0-9+/]{43}=$/;
const EXTRACT_SALT = "hearsay 1";

/** What a key is derived for: keys of two purposes have nothing in common. */
export type KeyPurpose =
  | "key id"
  | "datagram"
  | "datagram nonce"
  | "hello"
  | "hello nonce"
  | "key transfer";

/**
 * A secret that all members of a cluster share. It encrypts nothing itself: keys for that are derived
 * from it by HKDF (RFC 5869) with SHA-256.
 */
export class ClusterKey {
  /** Which key a datagram was sealed under, as 8 hex digits. It travels in the clear and tells nothing of the key. */
  readonly id: string;
  /** The outcome of HKDF-Extract, which is the same for all derived keys. */
  private readonly extracted: Buffer;

  constructor(secret: Uint8Array) {
    this.extracted = createHmac("sha256", EXTRACT_SALT).update(secret).digest();
    this.id = this.derive("key id", new Uint8Array(0)).toString("hex", 0, KEY_ID_BYTES);
  }

  /** HKDF-Expand to 32 bytes: one block, so one HMAC. */
  derive(purpose: KeyPurpose, context: Uint8Array): Buffer {
    return createHmac("sha256", this.extracted)
      .update(`hearsay ${purpose}`)
      .update(context)
      .update(Uint8Array.of(1))
      .digest();
  }
}

/** A key of base64 as it stands in a key file; undefined if the text is not one. */
export function parseKey(text: string): ClusterKey | undefined {
  if (!BASE64_KEY.test(text)) return undefined;
  const secret = Buffer.from(text, "base64");
  // Several last letters decode to the same bytes: a key has one spelling.
  return secret.toString("base64") === text ? new ClusterKey(secret) : undefined;
}

/** A new secret, as it stands in a key file. */
export function newKeyText(): string {
  return randomBytes(KEY_BYTES).toString("base64");
}
