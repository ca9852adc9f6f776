import { closeSync, openSync } from "node:fs";
import { totalmem } from "node:os";
import { getHeapSpaceStatistics, getHeapStatistics } from "node:v8";
import type { DaemonEvent, Shortage } from "../control/daemon-events.ts";
import type { Millis } from "../core/member.ts";
import { sparingly } from "./sparingly.ts";

const LOOK_EVERY_MS: Millis = 1000;
/** Of what there is, so much may be in use before it is told. */
const SHARE_MAX = 0.9;
/** V8 adds the room for young objects to the limit of the heap; its default. */
const YOUNG_BYTES = 48 * 1024 * 1024;

/** What was found short, and what there is of it in bytes; null for files. */
export type Shortages = ReadonlyMap<Shortage, number | null>;

/**
 * Looks once a second whether this process runs out of files or memory, since nothing else tells: libuv takes a connection for which there
 * is no file and closes it at once, and V8 ends the process when its heap is full.
 */
export class ShortageWatch {
  /** Looks that found it short, since the start. */
  readonly counts: Record<Shortage, number> = { files: 0, heap: 0, memory: 0 };
  private readonly look: () => Shortages;
  private looking: NodeJS.Timeout | undefined;

  constructor(look: () => Shortages = lookAtProcess()) {
    this.look = look;
  }

  /** @param tell called at the first of a kind, then at most once a minute */
  start(tell: (event: DaemonEvent) => void): void {
    let found: Shortages = new Map();
    const note = sparingly<Shortage>((resource, looks) =>
      tell({ kind: "running-short", resource, maxBytes: found.get(resource) ?? null, looks }),
    );
    const tick = () => {
      found = this.look();
      for (const resource of found.keys()) {
        this.counts[resource] += 1;
        note(resource);
      }
    };
    this.looking = setInterval(tick, LOOK_EVERY_MS).unref();
  }

  close(): void {
    clearInterval(this.looking);
  }
}

function lookAtProcess(): () => Shortages {
  const allowed = process.constrainedMemory();
  // Without a limit it is 0, or more than the machine has.
  const memoryMax = allowed > 0 && allowed < totalmem() ? allowed : undefined;
  const heapMax = getHeapStatistics().heap_size_limit - YOUNG_BYTES;
  return () => {
    const found = new Map<Shortage, number | null>();
    if (!mayOpenFile()) found.set("files", null);
    if (oldBytes() > SHARE_MAX * heapMax) found.set("heap", heapMax);
    if (memoryMax !== undefined && process.memoryUsage.rss() > SHARE_MAX * memoryMax) {
      found.set("memory", memoryMax);
    }
    return found;
  };
}

function mayOpenFile(): boolean {
  try {
    closeSync(openSync("/", "r"));
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== "EMFILE" && code !== "ENFILE";
  }
}

/** What lives longer than the young objects. */
function oldBytes(): number {
  return getHeapSpaceStatistics().reduce(
    (sum, space) => (space.space_name.startsWith("new") ? sum : sum + space.space_used_size),
    0,
  );
}
