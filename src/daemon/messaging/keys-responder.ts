import type { Keyring } from "../../keys/keyring.ts";
import type { Responder } from "./query-coordinator.ts";

/** The query by which an operator sees that every member has done a step of a change of keys. */
export const KEYS_QUERY = "hearsay.keys";

/**
 * Every daemon answers `hearsay query hearsay.keys`: its encryption, then the ids of its keys, the one that encrypts first. An
 * id tells nothing of its key, and travels in the clear with every datagram anyhow.
 */
export function keysResponder(keyring: Keyring | undefined): Responder {
  return {
    name: KEYS_QUERY,
    answer: async () =>
      keyring === undefined
        ? "no key"
        : [keyring.encryption, ...keyring.uses.map(({ id }) => id)].join(" "),
  };
}
