import type { EncryptionBody } from "../../control/encryption-types.ts";
import type { Keyring } from "../../keys/keyring.ts";

/** What the control API says of a node's keys. */
export function encryptionBody(keyring: Keyring | undefined): EncryptionBody | null {
  if (keyring === undefined) return null;
  const nowMs = performance.now();
  return {
    mode: keyring.encryption,
    keys: keyring.uses.map(({ id, opened, openedAtMs }) => ({
      id,
      opened,
      openedAgoMs: openedAtMs === undefined ? null : Math.round(nowMs - openedAtMs),
    })),
  };
}
