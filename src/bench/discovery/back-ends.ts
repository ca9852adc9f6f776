import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OwnedProcess } from "../../cluster/process/owned-process.ts";
import { compiledFile } from "../../daemon/program.ts";

const WORKER = fileURLToPath(compiledFile("src/bench/discovery/back-end-worker.js"));

/** A process of web servers, as a service would run them. */
export class BackEnds extends OwnedProcess {
  readonly ports: Promise<readonly number[]>;
  private readonly servers: ChildProcess;

  private constructor(name: string, child: ChildProcess) {
    super(name, child);
    this.servers = child;
    this.ports = new Promise((resolve, reject) => {
      this.readLines(child.stdout, (line) =>
        resolve((JSON.parse(line) as { ports: number[] }).ports),
      );
      void this.ended.then((end) => reject(new Error(this.tellEarlyEnd(end))));
    });
    this.ports.catch(() => {});
  }

  static start(name: string, count: number): BackEnds {
    const child = spawn(process.execPath, [WORKER, String(count)], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    return new BackEnds(name, child);
  }

  /** Makes the servers of these numbers refuse connections, as a cut path would. */
  cut(numbers: readonly number[]): void {
    this.servers.stdin?.write(`cut ${numbers.join(" ")}\n`);
  }

  mend(): void {
    this.servers.stdin?.write("mend\n");
  }
}
