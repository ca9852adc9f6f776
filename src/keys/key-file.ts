import { closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { ConfigError } from "../core/errors.ts";
import { type ClusterKey, newKeyText, parseKey } from "./cluster-key.ts";

/** Keys in a file: the present one, and those before and after it while a cluster changes them. */
export const KEYS_MAX = 16;

const FILE_BYTES_MAX = 64 * 1024;
const OTHERS_MAY = 0o077;

const HEADER =
  "# Keys of a hearsay cluster: one a line, base64 of 32 bytes. The first encrypts, all decrypt.\n" +
  "# Whoever has one of them can be a member: keep this file secret.\n";

/**
 * The keys of a key file, the one that encrypts first.
 *
 * @throws ConfigError of one line that says nothing of the keys themselves
 */
export function readKeyFile(path: string): ClusterKey[] {
  const keys = new Map<string, { key: ClusterKey; line: number }>();
  for (const [index, text] of readSecret(path).split(/\r?\n/).entries()) {
    const word = text.replace(/#.*$/, "").trim();
    if (word === "") continue;
    const line = index + 1;
    const key = parseKey(word);
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

/**
 * Makes a key file with one new key, for its owner's eyes alone.
 *
 * @throws ConfigError where it exists already, or cannot be made
 */
export function createKeyFile(path: string): void {
  try {
    writeFileSync(path, `${HEADER}${newKeyText()}\n`, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw new ConfigError(
      isThere
        ? `keygen: ${path} exists, and its keys may be in use; name another file, or add a line that hearsay keygen prints`
        : `keygen: cannot write ${path} (${messageOf(error)}); name a file in a directory that this user may write to`,
    );
  }
}

/**
 * The text of a file that nobody else can read. The checks are of the file that is read, not of its path.
 *
 * @throws ConfigError where it cannot be read, or others can read it
 */
export function readSecret(path: string): string {
  let file: number;
  try {
    // A named pipe would be waited for without an end.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw refusal(
      path,
      `cannot be read (${messageOf(error)})`,
      "name a file that this user may read",
    );
  }
  try {
    checkSecrecy(path, file);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

function checkSecrecy(path: string, file: number): void {
  const stat = fstatSync(file);
  if (!stat.isFile())
    throw refusal(path, "is not a file", "name the file that hearsay keygen made");
  if (stat.size > FILE_BYTES_MAX) {
    throw refusal(path, `has ${stat.size} bytes`, `a key file has at most ${FILE_BYTES_MAX}`);
  }
  const user = process.geteuid?.();
  // Systems without users have no such modes either.
  if (user === undefined) return;
  if (stat.uid !== user && stat.uid !== 0) {
    throw refusal(
      path,
      `belongs to user ${stat.uid}`,
      `make it belong to user ${user}, who runs this, or to root`,
    );
  }
  if ((stat.mode & OTHERS_MAY) !== 0) {
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
    throw refusal(
      path,
      `has mode ${mode}, which lets other users at the keys`,
      `run chmod 600 ${path}`,
    );
  }
}

function refusal(path: string, what: string, remedy: string): ConfigError {
  return new ConfigError(`keyFile: ${path} ${what}; ${remedy}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
