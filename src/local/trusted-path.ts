import { lstatSync, type Stats, statSync } from "node:fs";

const OTHERS_MAY_WRITE = 0o022;

/**
 * Why somebody else could have put this directory's content there; undefined where only this user and root could, and where it
 * is no directory, which reading it tells. A symlink to a directory is followed: whoever may change the link, may change the
 * directory above it.
 */
export function distrustDirectory(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() === true ? distrust(stat) : undefined;
}

/** The same of a file in such a directory, which must be one itself and not a link to another. */
export function distrustFile(path: string): string | undefined {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return "has gone";
  return stat.isFile() ? distrust(stat) : "is not a file";
}

function distrust({ uid, mode }: Stats): string | undefined {
  const user = process.geteuid?.();
  // Systems without users have no such modes either.
  if (user === undefined) return undefined;
  if (uid !== user && uid !== 0) return `belongs to user ${uid}`;
  if ((mode & OTHERS_MAY_WRITE) === 0) return undefined;
  return `has mode ${(mode & 0o7777).toString(8).padStart(4, "0")}, so that other users may write to it`;
}
