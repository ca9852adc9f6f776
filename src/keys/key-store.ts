import { existsSync, realpathSync } from "node:fs";
import { ConfigError, invariant } from "../core/errors.ts";
import { replaceFile } from "../files/draft.ts";
import { newKeyText, parseKey } from "./cluster-key.ts";
import { KEYS_MAX, readKeyFile, readKeyFileLines } from "./key-file.ts";
import { givenUpIn, type KeyLine, withFirst, withKey, withoutKey } from "./key-lines.ts";
import { type GossipEncryption, Keyring } from "./keyring.ts";

/** Where a copy of the key file is kept, up to date. */
export interface KeyCopy {
  readonly path: string;
  /** Its first line, a comment. */
  readonly header: string;
  /** Told why the copy could not be written; the keys are in force all the same. */
  readonly onFailure: (why: string) => void;
}

/**
 * The keyring of a node and the file that it is kept in. What is changed here is in the file before it is in force: a node that starts
 * again holds what it held.
 */
export class KeyStore {
  readonly keyring: Keyring;
  private path: string;
  private copy: KeyCopy | undefined;

  /** @throws ConfigError for a key file that cannot be used */
  constructor(path: string, encryption: GossipEncryption) {
    this.path = path;
    this.keyring = new Keyring(readKeyFile(path), encryption);
    this.keyring.retire(givenUpIn(readKeyFileLines(path)));
  }

  /** From now on writes a copy of the file after each change, and one at once. */
  keepCopy(copy: KeyCopy): void {
    this.copy = copy;
    this.saveCopy();
  }

  /** Another file, or the same as it is now, is in force from now on. @throws ConfigError, and nothing has changed */
  reload(path: string, encryption: GossipEncryption): void {
    const keys = readKeyFile(path);
    const givenUp = givenUpIn(readKeyFileLines(path));
    this.path = path;
    this.keyring.use(keys, encryption);
    this.keyring.retire(givenUp);
    this.saveCopy();
  }

  /** The secret of a key that is held; a new secret where none is asked for. @throws ConfigError for one that is not held */
  secretOf(id: string | undefined): string {
    if (id === undefined) return newKeyText();
    const line = readKeyFileLines(this.path).find(({ key }) => key?.id === id);
    if (line !== undefined) return line.word;
    throw new ConfigError(`this node does not hold the key ${id}; ask one that does`);
  }

  /** The id of a key that stands in a key file as `keyText`. */
  idOf(keyText: string): string {
    const key = parseKey(keyText);
    invariant(key !== undefined, "a secret of this store is a key");
    return key.id;
  }

  /** Holds that key, too, as the last. @throws ConfigError where the file cannot hold it */
  install(keyText: string): void {
    const key = parseKey(keyText);
    if (key === undefined) throw new ConfigError("what came is not a key");
    if (this.keyring.find(key.id) !== undefined) return;
    const count = this.keyring.uses.length;
    if (count >= KEYS_MAX) throw new ConfigError(`holds ${count} keys already; remove one first`);
    this.rewrite(
      (keys) => keys.some((line) => line.key?.id === key.id),
      (lines) => withKey(lines, keyText),
    );
  }

  /** Encrypts with that key from now on. @throws ConfigError for a key that is not held */
  use(id: string): void {
    this.require(id);
    if (this.keyring.primary.id === id) return;
    this.rewrite(
      ([first]) => first?.key?.id === id,
      (lines) => withFirst(lines, id),
    );
  }

  /** Gives that key up. @throws ConfigError for the one that it encrypts with */
  remove(id: string): void {
    if (this.keyring.find(id) === undefined) return;
    if (this.keyring.primary.id === id) throw new ConfigError(`encrypts with the key ${id}`);
    this.rewrite(
      (keys) => keys.every(({ key }) => key?.id !== id),
      (lines) => withoutKey(lines, id, new Date().toISOString().slice(0, 10)),
    );
  }

  private saveCopy(): void {
    if (this.copy === undefined || this.path === this.copy.path) return;
    const { path, header, onFailure } = this.copy;
    try {
      const texts = readKeyFileLines(this.path).map(({ text }) => text);
      replaceSecretFile(path, [header, ...texts].join("\n"));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      onFailure(error.message);
    }
  }

  private require(id: string): void {
    if (this.keyring.find(id) === undefined) throw new ConfigError(`does not hold the key ${id}`);
  }

  /** Nodes of one machine may share a file: then another may have done it already. */
  private rewrite(
    isDone: (keys: readonly KeyLine[]) => boolean,
    edit: (lines: readonly KeyLine[]) => string,
  ): void {
    const lines = readKeyFileLines(this.path);
    const keys = lines.filter(({ key }) => key !== undefined);
    if (!isDone(keys)) replaceSecretFile(this.path, edit(lines));
    this.reload(this.path, this.keyring.encryption);
  }
}

/** A symlink to it stays one. @throws ConfigError, and nothing has changed */
function replaceSecretFile(path: string, text: string): void {
  try {
    replaceFile(existsSync(path) ? realpathSync(path) : path, text, 0o600);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "an error";
    throw new ConfigError(
      `cannot write its key file (${code}); it must be able to replace it in its directory`,
    );
  }
}
