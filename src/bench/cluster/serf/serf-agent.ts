import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { OwnedProcess } from "../../../cluster/process/owned-process.ts";
import type { ProfileName } from "../../../core/config.ts";
import { ConditionNotMetError } from "../../../core/errors.ts";
import { parseSerfLine, type SerfLine } from "./serf-line.ts";
import { parseSentInterval, type SentInterval } from "./serf-metrics.ts";
import { SERF_PROGRAM } from "./serf-program.ts";

/** Settings of one Serf agent that the bench starts. */
export interface SerfSpec {
  readonly name: string;
  /** Gossip address; TCP and UDP. */
  readonly bind: string;
  readonly join: readonly string[];
  readonly profile: ProfileName;
  /** What runs its command, such as in another network namespace; empty: nothing. */
  readonly prefix: readonly string[];
}

/** An agent prints all its metrics at once; what has not come after this time does not come. */
const METRICS_WITHIN_MS = 500;

/** A `serf agent` as a child of this process. */
export class SerfAgent extends OwnedProcess {
  readonly spec: SerfSpec;
  /** Resolves when it has joined; rejects with what it said when it ends before. */
  readonly ready: Promise<void>;
  private sent: SentInterval[] = [];

  constructor(spec: SerfSpec, onLine: (line: SerfLine, agent: SerfAgent) => void) {
    const child = spawnAgent(spec);
    super(spec.name, child);
    this.spec = spec;
    this.ready = new Promise((resolve, reject) => {
      this.readLines(child.stdout, (text) => {
        const line = parseSerfLine(text);
        if (line?.kind === "ready") resolve();
        if (line !== undefined) onLine(line, this);
      });
      void this.ended.then((end) => reject(new ConditionNotMetError(this.tellEarlyEnd(end))));
    });
    this.ready.catch(() => {});
    this.readLines(child.stderr, (text) => {
      const interval = parseSentInterval(text);
      if (interval !== undefined) this.sent.push(interval);
    });
  }

  /** What it sent in the last minute, in the intervals that are complete. */
  async readSent(): Promise<readonly SentInterval[]> {
    this.sent = [];
    this.signal("SIGUSR1");
    await pause(METRICS_WITHIN_MS);
    return this.sent;
  }
}

function spawnAgent({ name, bind, join, profile, prefix }: SerfSpec): ChildProcess {
  const seeds = join.flatMap((address) => ["-join", address]);
  const flags = ["-node", name, "-bind", bind, "-rpc-addr", "127.0.0.1:0", "-profile", profile];
  const words = [...prefix, SERF_PROGRAM, "agent", ...flags, ...seeds];
  return spawn(words[0] ?? SERF_PROGRAM, words.slice(1), { stdio: ["ignore", "pipe", "pipe"] });
}
