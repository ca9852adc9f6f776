import type { KeyOutcomeBody, KeysBody, MemberKeys } from "../../control/encryption-types.ts";
import type { QueryBody } from "../../control/message-types.ts";
import type { ControlledKeys } from "../../control/node-api.ts";
import { ConfigError } from "../../core/errors.ts";
import { sortByName } from "../../core/name-order.ts";
import type { KeyStore } from "../../keys/key-store.ts";
import { encryptKey } from "../../keys/key-transfer.ts";
import type { Question } from "../messaging/query-coordinator.ts";
import { DONE, KEYS_QUERY, type KeyCommand, queryOf } from "./keys-responders.ts";

/** What the keys of a cluster are changed with. */
export interface ClusterKeysOptions {
  /** Undefined where this node has no key file. */
  readonly store: KeyStore | undefined;
  readonly ask: (question: Question, signal?: AbortSignal) => Promise<QueryBody>;
}

/** Members answer within a round trip; a lost datagram is repeated. */
const ANSWER_MS = 5000;

/**
 * The keys of all members, and the three steps from one key to the next. Each step is refused where a member would be lost by it, and
 * each can be repeated: who has done it already says so.
 */
export class ClusterKeys implements ControlledKeys {
  private readonly options: ClusterKeysOptions;

  constructor(options: ClusterKeysOptions) {
    this.options = options;
  }

  async list(signal?: AbortSignal): Promise<KeysBody> {
    const question = { name: KEYS_QUERY, payload: "", timeoutMs: ANSWER_MS };
    const { answers, declined, silent } = await this.options.ask(question, signal);
    const members = answers.map(({ member, answer }): MemberKeys => {
      const [mode = "", ...keys] = answer.split(" ");
      const isSealed = mode === "accept" || mode === "prefer" || mode === "require";
      return isSealed ? { member, encryption: mode, keys } : { member, encryption: null, keys: [] };
    });
    for (const member of declined) members.push({ member, encryption: null, keys: [] });
    return { v: 1, members: sortByName(members, ({ member }) => member), silent };
  }

  /** Gives all members a new key, or once more one that this node holds. */
  async install(id?: string, signal?: AbortSignal): Promise<KeyOutcomeBody> {
    const store = this.require("install");
    const { members, silent } = await this.list(signal);
    refuseSilent("install", silent);
    const primary = store.keyring.primary;
    const without = members.filter(({ keys }) => !keys.includes(primary.id));
    refuseFor(
      "install",
      `the key ${primary.id}, with which the new one would come, is not held by`,
      without,
    );
    const secret = store.secretOf(id);
    return this.order("install", store.idOf(secret), encryptKey(secret, primary), signal);
  }

  /** Makes all members encrypt with that key. */
  async use(id: string, signal?: AbortSignal): Promise<KeyOutcomeBody> {
    this.require("use");
    const { members, silent } = await this.list(signal);
    refuseSilent("use", silent);
    const without = members.filter(({ keys }) => !keys.includes(id));
    if (without.length === members.length) throw nobodyHolds(id);
    refuseFor(
      "use",
      `the key ${id} is not held by`,
      without,
      `hearsay keys install ${id} gives it to them`,
    );
    return this.order("use", id, id, signal);
  }

  /** Makes all members give that key up. */
  async remove(id: string, signal?: AbortSignal): Promise<KeyOutcomeBody> {
    this.require("remove");
    const { members, silent } = await this.list(signal);
    refuseSilent("remove", silent);
    if (members.every(({ keys }) => !keys.includes(id))) throw nobodyHolds(id);
    const users = members.filter(({ keys, encryption }) => keys[0] === id && encryption !== null);
    refuseFor("remove", `the key ${id} encrypts at`, users, "hearsay keys use another one first");
    return this.order("remove", id, id, signal);
  }

  private async order(
    command: KeyCommand,
    id: string,
    payload: string,
    signal: AbortSignal | undefined,
  ): Promise<KeyOutcomeBody> {
    const question = { name: queryOf(command), payload, timeoutMs: ANSWER_MS };
    const { answers, declined, silent } = await this.options.ask(question, signal);
    const done = answers.filter(({ answer }) => answer === DONE).map(({ member }) => member);
    const failed = answers.flatMap(({ member, answer }) =>
      answer === DONE ? [] : [{ member, why: answer }],
    );
    for (const member of declined) failed.push({ member, why: "does not know this query" });
    return { v: 1, id, done: sortByName(done, (name) => name), failed, silent };
  }

  private require(command: KeyCommand): KeyStore {
    const { store } = this.options;
    if (store !== undefined) return store;
    throw new ConfigError(
      `keys ${command}: this node has no key; start the nodes with --key-file first (docs/security.md)`,
    );
  }
}

function refuseSilent(command: KeyCommand, silent: readonly string[]): void {
  if (silent.length === 0) return;
  throw new ConfigError(
    `keys ${command}: nothing was changed, because ${listed(silent)} did not answer; try again once all members do, or are known to be dead`,
  );
}

function refuseFor(
  command: KeyCommand,
  why: string,
  members: readonly MemberKeys[],
  remedy = "see hearsay keys list",
): void {
  if (members.length === 0) return;
  const names = listed(members.map(({ member }) => member));
  throw new ConfigError(`keys ${command}: nothing was changed, because ${why} ${names}; ${remedy}`);
}

function nobodyHolds(id: string): ConfigError {
  return new ConfigError(
    `keys: no member holds the key ${id}; hearsay keys list shows those there are`,
  );
}

const LISTED_MAX = 5;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED_MAX;
  const shown = names.slice(0, LISTED_MAX).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
