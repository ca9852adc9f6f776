import type { ConfigError } from "../core/errors.ts";
import { type ClusterKey, newKeyText } from "./cluster-key.ts";
import { type KeyLine, readKeyLines } from "./key-lines.ts";
import { createSecretFile, readSecretFile, secretRefusal } from "./secret-file.ts";

/** Keys in a file: the present one, and those before and after it while a cluster changes them. */
export const KEYS_MAX = 16;

const HEADER =
  "# Keys of a hearsay cluster: one a line, base64 of 32 bytes. The first encrypts, all decrypt.\n" +
  "# Anyone who has one of them can be a member: keep this file secret.\n";

/**
 * The keys of a key file, the one that encrypts first.
 *
 * @throws ConfigError of one line that says nothing of the keys themselves
 */
export function readKeyFile(path: string): ClusterKey[] {
  const keys = new Map<string, { key: ClusterKey; line: number }>();
  for (const [index, { word, key }] of readKeyFileLines(path).entries()) {
    if (word === "") continue;
    const line = index + 1;
    if (key === undefined) {
      throw refusal(
        path,
        `has no key in line ${line}`,
        "a key is the base64 of 32 bytes, as hearsay keygen prints it",
      );
    }
    const before = keys.get(key.id);
    if (before !== undefined) {
      throw refusal(
        path,
        `has the key of line ${before.line} again in line ${line}`,
        "remove one of the two",
      );
    }
    keys.set(key.id, { key, line });
  }
  if (keys.size === 0) throw refusal(path, "has no key", "add one with hearsay keygen");
  if (keys.size > KEYS_MAX) {
    throw refusal(
      path,
      `has ${keys.size} keys`,
      `${KEYS_MAX} are allowed; remove those that no member uses`,
    );
  }
  return [...keys.values()].map(({ key }) => key);
}

/** The lines of a key file, those of comments too. @throws ConfigError where it cannot be read, or others can read it */
export function readKeyFileLines(path: string): KeyLine[] {
  return readKeyLines(readSecretFile(fileAt(path)));
}

/**
 * Makes a key file with one new key, for its owner's eyes alone.
 *
 * @throws ConfigError where it exists already, or cannot be made
 */
export function createKeyFile(path: string): void {
  createSecretFile(path, `${HEADER}${newKeyText()}\n`);
}

function fileAt(path: string) {
  const remedy = "name the file that hearsay keygen made";
  return { setting: "keyFile", path, content: "the keys", remedy };
}

function refusal(path: string, what: string, remedy: string): ConfigError {
  return secretRefusal(fileAt(path), what, remedy);
}
