import type { ReloadBody } from "../control/api-types.ts";
import type { Millis } from "../core/member.ts";
import type { ClusterKey } from "../keys/cluster-key.ts";
import { readKeyFile } from "../keys/key-file.ts";
import type { KeyStore } from "../keys/key-store.ts";
import { type ApiSecrets, readApiSecrets } from "./api/api-secrets.ts";
import type { DaemonLog } from "./daemon-log.ts";
import type { DaemonResources } from "./resources.ts";
import type { DaemonSettings } from "./settings.ts";

const RELOADABLE: ReadonlySet<string> = new Set(["tags", "services", "logLevel"]);
/** Reloadable where there were keys and are keys: a daemon begins and ends to encrypt with a restart. */
const OF_KEYS = ["keyFile", "gossipEncryption"] as const;
const OF_TOKENS = ["apiTokenFile", "apiReadTokenFile"] as const;
/** Reloadable where there was TLS and is TLS. */
const OF_TLS = ["apiCert", "apiKey"] as const;

/** What the files of secrets hold now, as far as a reload can put it in force. */
export interface SecretsAnew {
  readonly keys: readonly ClusterKey[] | undefined;
  readonly api: ApiSecrets | undefined;
  /** Settings that name these files, and those that a reload changes with them. */
  readonly reloadable: readonly (keyof DaemonSettings)[];
  /** Settings whose files hold something else than before. */
  readonly changed: readonly string[];
}

/** Reads the files of secrets. Nothing has changed yet. @throws ConfigError */
export function readSecretsAnew(
  { keyring, api }: DaemonResources,
  before: DaemonSettings,
  wanted: DaemonSettings,
): SecretsAnew {
  const { keyFile } = wanted;
  const keys = keyring === undefined || keyFile === null ? undefined : readKeyFile(keyFile);
  const isTlsKept = (before.apiCert === null) === (wanted.apiCert === null);
  const { apiCert, apiKey } = isTlsKept ? wanted : before;
  const ofApi = api && readApiSecrets({ ...wanted, apiCert, apiKey });
  return {
    keys,
    api: ofApi,
    reloadable: [
      ...(keys === undefined ? [] : OF_KEYS),
      ...(api === undefined ? [] : OF_TOKENS),
      ...(api !== undefined && isTlsKept ? OF_TLS : []),
    ],
    changed: [
      ...(keys !== undefined && keyring?.holds(keys) === false ? ["keyFile"] : []),
      ...((ofApi && api?.differing(ofApi)) ?? []),
    ],
  };
}

/** Puts these in force. @returns the settings that are in force with them */
export function applySecrets(
  { keyStore, api }: DaemonResources,
  anew: SecretsAnew,
  wanted: DaemonSettings,
  log: DaemonLog,
): Partial<DaemonSettings> {
  if (keyStore !== undefined && wanted.keyFile !== null) {
    applyKeys(keyStore, wanted.keyFile, wanted, log);
  }
  if (anew.api !== undefined) api?.renew(anew.api);
  return Object.fromEntries(anew.reloadable.map((key) => [key, wanted[key]]));
}

/** A key with which nothing was opened for so long is used by nobody: every member is heard more often. */
const IN_USE_MS: Millis = 60_000;

/** Puts these keys in force, and warns of one that is given up too early. */
function applyKeys(
  keyStore: KeyStore,
  keyFile: string,
  { gossipEncryption }: DaemonSettings,
  log: DaemonLog,
): void {
  const { keyring } = keyStore;
  const before = keyring.uses;
  keyStore.reload(keyFile, gossipEncryption);
  for (const { id, openedAtMs = Number.NEGATIVE_INFINITY } of before) {
    const agoMs = performance.now() - openedAtMs;
    if (!keyring.hasRetired(id) || agoMs > IN_USE_MS) continue;
    log.note(
      "warn",
      "warning",
      `the key ${id} was given up, and a member used it ${Math.round(agoMs / 1000)} s ago: that one is not heard ` +
        "any more; unless it must go, add the key again until all encrypt with another one",
    );
  }
}

/** Which settings differ: those that can be put in force at once, and those that would need a restart. */
export function compareSettings(
  running: DaemonSettings,
  wanted: DaemonSettings,
  anew: SecretsAnew,
): ReloadBody {
  const before = flatten(running);
  const after = flatten(wanted);
  const differing = Object.keys(after).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const all = [...new Set([...differing, ...anew.changed])];
  const canReload = (key: string) =>
    RELOADABLE.has(key) || anew.reloadable.some((each) => each === key);
  return {
    v: 1,
    changed: all.filter(canReload),
    needRestart: all.filter((key) => !canReload(key)),
  };
}

/** What a reload changed and what it left for a restart, as one clause. */
export function describeReload({ changed, needRestart }: ReloadBody): string {
  const done = changed.length === 0 ? "nothing changed" : `changed ${changed.join(", ")}`;
  return needRestart.length === 0
    ? done
    : `${done}; a restart is needed for ${needRestart.join(", ")}`;
}

function flatten({ node, ...rest }: DaemonSettings): Readonly<Record<string, unknown>> {
  return { ...rest, ...node };
}
