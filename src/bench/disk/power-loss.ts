import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalCluster } from "../../cluster/local-cluster.ts";
import type { ProfileName } from "../../core/config.ts";
import type { Millis } from "../../core/member.ts";
import { ENTRY } from "../../daemon/program.ts";

/** A cluster that loses power, and comes back with nothing but its data directories. */
export interface PowerLossPlan {
  readonly nodes: number;
  readonly profile: ProfileName;
  /** Whether every address but one is another one afterwards. */
  readonly hasMoved: boolean;
}

const FORMED_MS: Millis = 60_000;
const BACK_MS: Millis = 60_000;
const SAVED_MS: Millis = 1_000;

/**
 * Forms a cluster, kills all of its processes at once, and starts them again in a random order without any seed.
 *
 * @returns how long after the last one listened all of them saw all
 */
export async function losePower({ nodes, profile, hasMoved }: PowerLossPlan): Promise<Millis> {
  const directory = mkdtempSync(join(tmpdir(), "hearsay-bench-disk-"));
  const names = Array.from({ length: nodes }, (_, at) => `n${at + 1}`);
  const ports = new Map<string, number>();
  for (const name of names) {
    ports.set(name, await freePort());
    mkdirSync(join(directory, name));
  }
  const cluster = new LocalCluster({
    ...{ names, profile, entry: ENTRY },
    extraOf: (name) => ["--data-dir", join(directory, name)],
    bindOf: (name) => `127.0.0.1:${ports.get(name) ?? 0}`,
  });
  try {
    await cluster.form(FORMED_MS);
    // What a daemon has learnt reaches its disk within a moment.
    await new Promise((resolve) => setTimeout(resolve, SAVED_MS));
    await cluster.end(names, "kill");
    if (hasMoved) for (const name of names.slice(1)) ports.set(name, await freePort());
    for (const name of shuffled(names)) {
      await cluster.start([{ node: name, member: name, join: [] }]);
    }
    const upMs = performance.now();
    await cluster.allSee("alive", names, names, BACK_MS);
    return Math.round(performance.now() - upMs);
  } finally {
    await cluster.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** A port that is free for TCP, as gossip needs it, and was not used a moment ago. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
