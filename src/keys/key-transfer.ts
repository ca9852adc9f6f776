import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { type ClusterKey, KEY_BYTES, KEY_ID_BYTES } from "./cluster-key.ts";

const CIPHER = "aes-256-gcm";
const SALT_BYTES = 32;
const TAG_BYTES = 16;
/** Each transfer has a key of its own, so that there is one nonce. */
const NONCE = Buffer.alloc(12);
const TRANSFER_BYTES = KEY_ID_BYTES + SALT_BYTES + KEY_BYTES + TAG_BYTES;

/**
 * A secret key as members send it to each other: encrypted under a key that all of them hold, beside the seal of the datagram that
 * it travels in. So it stays a secret in logs and event streams, too, and where a member that sends in the clear passes it on.
 *
 * @param keyText the secret as it stands in a key file
 */
export function encryptKey(keyText: string, under: ClusterKey): string {
  const salt = randomBytes(SALT_BYTES);
  const head = Buffer.concat([Buffer.from(under.id, "hex"), salt]);
  const cipher = createCipheriv(CIPHER, under.derive("key transfer", salt), NONCE);
  cipher.setAAD(head);
  const secret = cipher.update(Buffer.from(keyText, "base64"));
  cipher.final();
  return Buffer.concat([head, secret, cipher.getAuthTag()]).toString("base64");
}

/** The secret again, as text of a key file; undefined where no key of `find` opens it. */
export function decryptKey(
  transfer: string,
  find: (id: string) => ClusterKey | undefined,
): string | undefined {
  const bytes = Buffer.from(transfer, "base64");
  if (bytes.length !== TRANSFER_BYTES) return undefined;
  const head = bytes.subarray(0, KEY_ID_BYTES + SALT_BYTES);
  const under = find(head.toString("hex", 0, KEY_ID_BYTES));
  if (under === undefined) return undefined;
  const key = under.derive("key transfer", head.subarray(KEY_ID_BYTES));
  const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES });
  decipher.setAAD(head);
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  const secret = decipher.update(bytes.subarray(head.length, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return secret.toString("base64");
}
