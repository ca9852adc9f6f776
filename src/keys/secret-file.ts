import { closeSync, constants, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { ConfigError, errorText } from "../core/errors.ts";

/** A file of secrets, as messages speak of it. */
export interface SecretFile {
  /** The setting or option that names it, such as `keyFile` or `--token-file`. */
  readonly setting: string;
  readonly path: string;
  /** What is in it, such as `the keys`. */
  readonly content: string;
  /** What to do where there is none. */
  readonly remedy: string;
}

const FILE_BYTES_MAX = 64 * 1024;
const OTHERS_MAY = 0o077;
/**
 * Nobody may write it, its group may read it, and it is root's: how Kubernetes hands a Secret to a pod's `fsGroup`, and
 * systemd a credential to a service (there the group's bits are the mask of its access list).
 */
const HANDED_OVER = 0o440;

/**
 * The text of a file that nobody else can read. The checks are of the file that is read, not of its path.
 *
 * @throws ConfigError of one line that says nothing of the secret itself
 */
export function readSecretFile(file: SecretFile): string {
  let handle: number;
  try {
    // Opening a named pipe would block forever.
    handle = openSync(file.path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw secretRefusal(file, `cannot be read (${errorText(error)})`, file.remedy);
  }
  try {
    checkSecrecy(file, handle);
    return readFileSync(handle, "utf8");
  } finally {
    closeSync(handle);
  }
}

/**
 * Makes such a file, for its owner's eyes alone.
 *
 * @throws ConfigError where it exists already, or cannot be made
 */
export function createSecretFile(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === "EEXIST";
    throw new ConfigError(
      isThere
        ? `keygen: ${path} exists, and what is in it may be in use; name another file, or add a line that hearsay keygen prints`
        : `keygen: cannot write ${path} (${errorText(error)}); name a file in a directory that this user may write to`,
    );
  }
}

/** What is wrong with such a file, and what to do, in one line. */
export function secretRefusal(
  { setting, path }: Pick<SecretFile, "setting" | "path">,
  what: string,
  remedy: string,
): ConfigError {
  return new ConfigError(`${setting}: ${path} ${what}; ${remedy}`);
}

function checkSecrecy(file: SecretFile, handle: number): void {
  const stat = fstatSync(handle);
  if (!stat.isFile()) throw secretRefusal(file, "is not a file", file.remedy);
  if (stat.size > FILE_BYTES_MAX) {
    throw secretRefusal(file, `has ${stat.size} bytes`, `at most ${FILE_BYTES_MAX} are allowed`);
  }
  const user = process.geteuid?.();
  // Systems without users have no such modes either.
  if (user === undefined) return;
  if (stat.uid !== user && stat.uid !== 0) {
    const remedy = `make it belong to user ${user}, who runs this, or to root`;
    throw secretRefusal(file, `belongs to user ${stat.uid}`, remedy);
  }
  const isHandedOver = stat.uid === 0 && (stat.mode & 0o777) === HANDED_OVER;
  if ((stat.mode & OTHERS_MAY) !== 0 && !isHandedOver) {
    const mode = (stat.mode & 0o7777).toString(8).padStart(4, "0");
    const what = `has mode ${mode}, which lets other users at ${file.content}`;
    throw secretRefusal(file, what, `run chmod 600 ${file.path}`);
  }
}
