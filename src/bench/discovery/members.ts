import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OwnedProcess } from "../../cluster/process/owned-process.ts";
import { compiledFile } from "../../daemon/program.ts";

const WORKER = fileURLToPath(compiledFile("src/bench/discovery/members-worker.js"));

/** A process of many members that offer one service. */
export class Members extends OwnedProcess {
  /** Gossip address of one of them. */
  readonly seed: Promise<string>;

  private constructor(child: ChildProcess) {
    super("members", child);
    this.seed = new Promise((resolve, reject) => {
      this.readLines(child.stdout, (line) => resolve((JSON.parse(line) as { seed: string }).seed));
      void this.ended.then((end) => reject(new Error(this.tellEarlyEnd(end))));
    });
    this.seed.catch(() => {});
  }

  static start(count: number, profile: string): Members {
    const child = spawn(process.execPath, [WORKER, String(count), profile], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    return new Members(child);
  }
}
