import { lstatSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { readKeyFileLines } from "../../keys/key-file.ts";
import { givenUpIn } from "../../keys/key-lines.ts";
import { KeyStore } from "../../keys/key-store.ts";
import type { DaemonSettings } from "../settings.ts";

const NAME = "keyring";
const VERSION = 1;
const HEADER = /^# hearsay keyring (\d+) of cluster (\S+)$/;

/**
 * The keyring in a data directory; undefined where there is none. One that cannot be looked at counts as there: a node that had
 * keys must not start without.
 */
export function findKeyring(dataDir: string | undefined): string | undefined {
  if (dataDir === undefined) return undefined;
  const path = join(dataDir, NAME);
  try {
    return lstatSync(path, { throwIfNoEntry: false }) && path;
  } catch {
    return path;
  }
}

/**
 * The keys that a node starts with: those of its key file, of which the data directory gets a copy, or else those of that copy.
 *
 * @param directory the data directory, where there is one
 * @throws ConfigError for keys that cannot be used
 */
export function openKeyStore(
  { keyFile, gossipEncryption, cluster }: DaemonSettings,
  directory: string | undefined,
  warn: (message: string) => void,
): KeyStore | undefined {
  if (keyFile === null) return undefined;
  if (directory === undefined) return new KeyStore(keyFile, gossipEncryption);
  const path = join(directory, NAME);
  if (resolve(keyFile) === resolve(path)) {
    checkKeyring(path, cluster);
    return new KeyStore(keyFile, gossipEncryption);
  }
  const header = `# hearsay keyring ${VERSION} of cluster ${cluster}`;
  const onFailure = (why: string) =>
    warn(
      `dataDir: the keys are not saved in ${path} (${why}); a start without --key-file needs them`,
    );
  const store = new KeyStore(keyFile, gossipEncryption);
  const { primary } = store.keyring;
  if (givenUpAt(path, cluster, warn).includes(primary.id)) {
    warn(
      `keyFile: ${keyFile} begins with the key ${primary.id}, which was given up, as ${path} says: the others may not hear ` +
        "this node; put the present keys into the key file, or start without --key-file to use those that were saved",
    );
  } else store.keepCopy({ path, header, onFailure });
  return store;
}

/** The keys that a node of this cluster gave up, as far as its keyring can be used. */
function givenUpAt(path: string, cluster: string, warn: (message: string) => void): string[] {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return [];
  try {
    checkKeyring(path, cluster);
    return givenUpIn(readKeyFileLines(path));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    warn(`${error.message}: it is written anew from the key file`);
    return [];
  }
}

/** @throws ConfigError of one line that says nothing of the keys themselves */
function checkKeyring(path: string, cluster: string): void {
  const lines = readKeyFileLines(path);
  const [, version, owner] = HEADER.exec(lines[0]?.text ?? "") ?? [];
  const remedy = "start this node once with the cluster's keys (--key-file)";
  const refuse = (what: string) => new ConfigError(`dataDir: ${path} ${what}; ${remedy}`);
  const isWhole = lines.every(({ word, key }) => word === "" || key !== undefined);
  const hasKey = lines.some(({ key }) => key !== undefined);
  if (version === undefined || !isWhole || !hasKey) {
    throw refuse("was damaged, or was not written by hearsay");
  }
  if (Number(version) > VERSION) throw refuse(`is of a newer hearsay (version ${version})`);
  if (owner !== cluster) throw refuse(`holds keys of the cluster ${owner}, not of ${cluster}`);
}
