import { ClusterKey } from "../../src/keys/cluster-key.ts";
import { type GossipEncryption, Keyring } from "../../src/keys/keyring.ts";
import { KeyringSeal, type SealPurpose } from "../../src/keys/keyring-seal.ts";

/** A cluster key that has that byte 32 times as its secret. */
export function keyOf(byte: number): ClusterKey {
  return new ClusterKey(new Uint8Array(32).fill(byte));
}

/** The same as it stands in a key file. */
export function keyTextOf(byte: number): string {
  return Buffer.alloc(32, byte).toString("base64");
}

/** What a node seals with that holds these keys. */
export function sealOf(
  keys: readonly number[],
  encryption: GossipEncryption = "require",
  purpose: SealPurpose = "datagram",
): KeyringSeal {
  return new KeyringSeal({ keyring: new Keyring(keys.map(keyOf), encryption), purpose });
}
