import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { identifyProcess, isStillRunning } from "../cluster/process/process-identity.ts";
import type { RememberedProcess } from "../cluster/process/remembered-process.ts";
import { ConfigError } from "../core/errors.ts";
import { sortByName } from "../core/name-order.ts";
import { withClaim } from "../daemon/storage/claim.ts";
import { makeDirectory } from "../daemon/storage/make-directory.ts";
import { replaceFile } from "../files/draft.ts";
import { distrustDirectory, distrustFile } from "./trusted-path.ts";

/** A daemon as `up` or a demo remembers it. */
export interface DaemonEntry extends RememberedProcess {
  readonly v: 1;
  readonly name: string;
  /** Gossip address. */
  readonly address: string;
  /** Control API, `host:port`. */
  readonly api: string;
  readonly profile: string;
  readonly startedAt: string;
  /** File with its JSON log lines; empty for a demo's, which has none. */
  readonly log: string;
  /** It ends with the demo that started it. */
  readonly demo?: true;
}

/** The daemons that `up` started, one file each, so that other terminals find them. */
export interface StateDirectory {
  readonly path: string;
  logPath(name: string): string;
  remember(entry: DaemonEntry): void;
  drop(name: string): void;
  /** All entries in the order of their names (n2 before n10), whether their process still runs or not. */
  entries(): DaemonEntry[];
  /** The entries whose process runs; those of ended processes are dropped and handed to `onStale`. */
  running(onStale?: (entry: DaemonEntry) => void): DaemonEntry[];
}

/** `--state-dir`, else `HEARSAY_STATE_DIR`, else the place for such things in the user's home. */
export function stateDirectoryPath(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const chosen = option ?? env.HEARSAY_STATE_DIR;
  if (chosen !== undefined && chosen !== "") return resolve(chosen);
  const base = env.XDG_STATE_HOME;
  // Relative values of XDG variables are to be ignored, says their specification.
  const isUsable = base?.startsWith("/") === true;
  return join(isUsable ? base : join(homedir(), ".local", "state"), "hearsay");
}

/**
 * @param onUnusable called for each file that is not an entry of this user's: it is skipped, and the others are used
 * @throws ConfigError for a directory in which others could name any process as a daemon to be ended
 */
export function openStateDirectory(
  path: string,
  onUnusable: (complaint: string) => void = () => undefined,
): StateDirectory {
  requireTrusted(path);
  const entryPath = (name: string) => join(path, `${name}.json`);
  const drop = (name: string) =>
    usingStateDirectory(path, () => rmSync(entryPath(name), { force: true }));
  const entries = () => {
    const read = listEntryFiles(path).flatMap((file) => readEntry(path, file, onUnusable) ?? []);
    return sortByName(read, ({ name }) => name);
  };
  return {
    path,
    drop,
    entries,
    logPath: (name) => join(path, `${name}.log`),
    remember: (entry) => {
      usingStateDirectory(path, () => {
        makeDirectory(path, 0o700);
        replaceFile(entryPath(entry.name), `${JSON.stringify(entry)}\n`, 0o600);
      });
    },
    running: (onStale) =>
      entries().filter((entry) => {
        if (identifyProcess(entry.pid)?.start === entry.processStart) return true;
        // A user who may only read goes on, and another one drops the entry.
        rmQuietly(entryPath(entry.name));
        onStale?.(entry);
        return false;
      }),
  };
}

/**
 * What `work` does in the state directory.
 *
 * @throws ConfigError where the system refuses that
 */
export function usingStateDirectory<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof ConfigError) throw error;
    throw new ConfigError(
      `--state-dir: ${path} cannot be used (${error.message}); name a directory that this user may write to, ` +
        "with --state-dir or HEARSAY_STATE_DIR",
    );
  }
}

function rmQuietly(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Left to a user who may write here.
  }
}

function listEntryFiles(path: string): string[] {
  try {
    return readdirSync(path).filter((file) => file.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new ConfigError(`--state-dir: ${path} cannot be read: ${(error as Error).message}`);
  }
}

/** An entry is one of this user's, and of the name that its file has: nothing else is done to a file or a process. */
function readEntry(
  path: string,
  file: string,
  onUnusable: (complaint: string) => void,
): DaemonEntry | undefined {
  const at = join(path, file);
  const why = distrustFile(at) ?? notAnEntry(at, file);
  if (typeof why === "object") return why;
  onUnusable(`${at} ${why}; it was skipped; remove it if it is not needed`);
  return undefined;
}

function notAnEntry(at: string, file: string): DaemonEntry | string {
  try {
    const entry: unknown = JSON.parse(readFileSync(at, "utf8"));
    if (!isEntry(entry)) return "is not an entry of hearsay up";
    return `${entry.name}.json` === file ? entry : "has the entry of another name";
  } catch {
    return "is not an entry of hearsay up";
  }
}

function requireTrusted(path: string): void {
  const why = usingStateDirectory(path, () => distrustDirectory(path));
  if (why === undefined) return;
  throw new ConfigError(
    `--state-dir: ${path} ${why}; hearsay ends the processes that are named there, so it must be this user's alone: ` +
      `run chmod 700 ${path} as its owner, or name another with --state-dir or HEARSAY_STATE_DIR`,
  );
}

function isEntry(value: unknown): value is DaemonEntry {
  if (typeof value !== "object" || value === null) return false;
  const entry = value as Record<string, unknown>;
  const texts = ["name", "processStart", "address", "api", "profile", "startedAt", "log"];
  const isPid = Number.isInteger(entry.pid) && (entry.pid as number) > 1;
  return entry.v === 1 && isPid && texts.every((key) => typeof entry[key] === "string");
}

/**
 * Does `work` while no other process does the like in this directory: two `up` at once would start every name twice, and
 * remember only half of the processes. A lock whose owner has ended is taken over.
 *
 * @throws ConfigError when another process holds the lock
 */
export async function withDirectoryLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = join(path, "lock");
  usingStateDirectory(path, () => makeDirectory(path, 0o700));
  requireTrusted(path);
  if (!usingStateDirectory(path, () => tryLock(lock))) {
    if (isForeignLock(lock)) {
      throw new ConfigError(
        `--state-dir: the file lock in ${path} is not one of hearsay up; move it away, or name another directory`,
      );
    }
    const owner = runningOwner(lock);
    if (owner !== undefined) {
      throw new ConfigError(
        `${path} is in use by another hearsay up (pid ${owner}); wait for its end`,
      );
    }
    const isTaken = await withClaim(lock, async () => {
      // Another may have taken it over between our look and our claim.
      if (runningOwner(lock) !== undefined) return false;
      rmSync(lock, { force: true });
      return tryLock(lock);
    });
    if (!isTaken) throw new ConfigError(`${path} is in use by another hearsay up; try again`);
  }
  const unlock = () => rmSync(lock, { force: true });
  process.once("exit", unlock);
  try {
    return await work();
  } finally {
    process.removeListener("exit", unlock);
    unlock();
  }
}

function tryLock(lock: string): boolean {
  const start = identifyProcess(process.pid)?.start ?? "";
  try {
    writeFileSync(lock, `${process.pid} ${start}`, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** A file of another program with the same name is not removed. */
function isForeignLock(lock: string): boolean {
  try {
    // One that was cut off has no text, or zeros.
    return !/^(\d* .*|\d*|\0*)$/.test(readFileSync(lock, "utf8"));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}

function runningOwner(lock: string): number | undefined {
  try {
    const [pid = "", ...start] = readFileSync(lock, "utf8").split(" ");
    return isStillRunning(Number(pid), start.join(" ")) ? Number(pid) : undefined;
  } catch {
    // Given back between our two looks.
    return undefined;
  }
}
