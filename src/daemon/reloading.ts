import type { ReloadBody } from "../control/api-types.ts";
import type { Millis } from "../core/member.ts";
import type { ClusterKey } from "../keys/cluster-key.ts";
import { readKeyFile } from "../keys/key-file.ts";
import type { Keyring } from "../keys/keyring.ts";
import type { DaemonLog } from "./daemon-log.ts";
import type { DaemonSettings } from "./settings.ts";

const RELOADABLE: ReadonlySet<string> = new Set(["tags", "services", "logLevel"]);
/** Reloadable where there were keys and are keys: a daemon begins and ends to encrypt with a restart. */
const OF_KEYS: ReadonlySet<string> = new Set(["keyFile", "gossipEncryption"]);

/** The keys in the key file as it is now; undefined where a reload cannot change keys. @throws ConfigError */
export function rereadKeys(
  keyring: Keyring | undefined,
  { keyFile }: DaemonSettings,
): readonly ClusterKey[] | undefined {
  return keyring === undefined || keyFile === null ? undefined : readKeyFile(keyFile);
}

/** A key with which nothing was opened for so long is used by nobody: every member is heard more often. */
const IN_USE_MS: Millis = 60_000;

/**
 * Puts these keys in force, if any, and warns of one that is given up too early.
 *
 * @returns the settings that are in force with them
 */
export function applyKeys(
  keyring: Keyring | undefined,
  keys: readonly ClusterKey[] | undefined,
  { keyFile, gossipEncryption }: DaemonSettings,
  log: DaemonLog,
): Partial<DaemonSettings> {
  if (keyring === undefined || keys === undefined) return {};
  const before = keyring.uses;
  keyring.use(keys, gossipEncryption);
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
  return { keyFile, gossipEncryption };
}

/** Which settings differ: those that can be put in force at once, and those that would need a restart. */
export function compareSettings(
  running: DaemonSettings,
  wanted: DaemonSettings,
  keyring: Keyring | undefined,
  keys: readonly ClusterKey[] | undefined,
): ReloadBody {
  const before = flatten(running);
  const after = flatten(wanted);
  const differing = Object.keys(after).filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const hasOtherKeys = keys !== undefined && keyring?.holds(keys) === false;
  if (hasOtherKeys && !differing.includes("keyFile")) differing.push("keyFile");
  const canReload = (key: string) =>
    RELOADABLE.has(key) || (keys !== undefined && OF_KEYS.has(key));
  return {
    v: 1,
    changed: differing.filter(canReload),
    needRestart: differing.filter((key) => !canReload(key)),
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
