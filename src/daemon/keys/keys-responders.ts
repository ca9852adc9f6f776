import { ConfigError } from "../../core/errors.ts";
import type { KeyStore } from "../../keys/key-store.ts";
import { decryptKey } from "../../keys/key-transfer.ts";
import type { DaemonLog } from "../daemon-log.ts";
import type { QueryEvent, Responder } from "../messaging/query-coordinator.ts";

/** The query by which an operator sees that every member has done a step of a change of keys. */
export const KEYS_QUERY = "hearsay.keys";

/** What every member can be asked to do with its keys; the payload is the id of the key, or the key encrypted. */
export const KEY_COMMANDS = ["install", "use", "remove"] as const;
export type KeyCommand = (typeof KEY_COMMANDS)[number];

export function queryOf(command: KeyCommand): string {
  return `${KEYS_QUERY}.${command}`;
}

/** What a member answers that has done it. Any other answer is why it could not. */
export const DONE = "ok";

/**
 * Every daemon answers `hearsay query hearsay.keys`: its encryption, then the ids of its keys, the one that encrypts first. An
 * id tells nothing of its key, and travels in the clear with every datagram anyhow. The other queries are those of `hearsay keys`.
 */
export function keysResponders(store: KeyStore | undefined, log: DaemonLog): Responder[] {
  const list: Responder = {
    name: KEYS_QUERY,
    answer: async () =>
      store === undefined
        ? NO_KEY
        : [store.keyring.encryption, ...store.keyring.uses.map(({ id }) => id)].join(" "),
  };
  const commands = KEY_COMMANDS.map((command): Responder => {
    const answer = async (query: QueryEvent) => obey(store, command, query, log);
    return { name: queryOf(command), answer };
  });
  return [list, ...commands];
}

export const NO_KEY = "no key";

function obey(
  store: KeyStore | undefined,
  command: KeyCommand,
  { payload, origin }: QueryEvent,
  log: DaemonLog,
): string {
  if (store === undefined) return "has no key file";
  const before = idsOf(store);
  try {
    if (command === "use") store.use(payload);
    else if (command === "remove") store.remove(payload);
    else {
      const secret = decryptKey(payload, (id) => store.keyring.find(id));
      if (secret === undefined) return "does not hold the key that the new one came under";
      store.install(secret);
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
  const after = idsOf(store);
  if (after !== before) {
    const told = `keys changed by ${origin} (${command}): ${after}, the first encrypts`;
    log.note("info", "keys-changed", told, { by: origin, command, keys: after });
  }
  return DONE;
}

function idsOf({ keyring }: KeyStore): string {
  return keyring.uses.map(({ id }) => id).join(" ");
}
