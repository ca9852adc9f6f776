import { rmSync, statSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { withClaim } from "./claim.ts";
import { makeDirectory } from "./make-directory.ts";

/** Longest path that a Unix socket can have on every system we run on (macOS: 103 bytes). */
const SOCKET_PATH_BYTES_MAX = 103;
const LOCK_NAME = "lock";

/** A data directory that is ours until `close`. */
export interface DataDirectory {
  readonly path: string;
  /** What the operator should know of it; undefined: nothing. */
  readonly warning?: string;
  close(): Promise<void>;
}

/**
 * Takes the data directory for this process, making it where it is missing. The lock is a listening Unix socket: it ends
 * with the process, however that ends, and unlike a pid it cannot be mistaken for another process's. On a disk that is full or
 * may only be read there is no lock, and a daemon runs all the same.
 *
 * @throws ConfigError when another daemon has it, or when it cannot be written
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  const lockPath = join(path, LOCK_NAME);
  if (Buffer.byteLength(lockPath) > SOCKET_PATH_BYTES_MAX) {
    const allowed = SOCKET_PATH_BYTES_MAX - LOCK_NAME.length - 1;
    throw new ConfigError(
      `dataDir: ${path} is too long for its lock; use a path of at most ${allowed} bytes`,
    );
  }
  try {
    makeDirectory(path);
    const lock = await takeLock(path, lockPath);
    return lockedBy(path, lock);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (!isDiskAtFault(error)) throw unusable(path, error);
    const warning = `dataDir: nothing can be saved in ${path} (${error.code}); what is in it is used`;
    return { path, warning, close: async () => {} };
  }
}

const DISK_FAULTS = ["EROFS", "ENOSPC", "EDQUOT"];

function isDiskAtFault(error: unknown): error is NodeJS.ErrnoException {
  return DISK_FAULTS.includes((error as NodeJS.ErrnoException).code ?? "");
}

function lockedBy(path: string, lock: Server): DataDirectory {
  return { path, close: () => new Promise((resolve) => lock.close(() => resolve())) };
}

async function takeLock(path: string, lockPath: string): Promise<Server> {
  const lock = await withClaim(lockPath, () => listenOrTakeOver(path, lockPath));
  if (lock === undefined) throw taken(path);
  return lock;
}

async function listenOrTakeOver(path: string, lockPath: string): Promise<Server | undefined> {
  const first = await listen(lockPath);
  if (first !== undefined) return first;
  if (statSync(lockPath, { throwIfNoEntry: false })?.isSocket() === false) {
    throw unusable(path, new Error(`the file ${LOCK_NAME} in it is not a daemon's`));
  }
  if (await isAnswered(lockPath)) return undefined;
  // Nobody listens: the last owner was killed and left the file.
  rmSync(lockPath, { force: true });
  return listen(lockPath);
}

/** The listening socket, or undefined when the file is there already. */
function listen(lockPath: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen(lockPath, () => resolve(server.unref()));
  });
}

function isAnswered(lockPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(lockPath, () => resolve(true));
    // Whatever else goes wrong, such as a queue that is full, does not say that nobody is there.
    socket.once("error", ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT"),
    );
    socket.once("close", () => socket.destroy());
  });
}

function taken(path: string): ConfigError {
  return new ConfigError(
    `dataDir: ${path} is in use by another hearsay daemon; stop that one or give each its own --data-dir`,
  );
}

function unusable(path: string, error: unknown): ConfigError {
  const why = error instanceof Error ? error.message : String(error);
  return new ConfigError(
    `dataDir: ${path} cannot be used (${why}); name a directory that this user may write to`,
  );
}
