import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OwnedProcess } from "../../cluster/process/owned-process.ts";
import { compiledFile } from "../../daemon/program.ts";

/** A worker of this benchmark: it prints one line of JSON once it serves, and ends with this process. */
export class WorkerProcess<T> extends OwnedProcess {
  /** What it printed. */
  readonly ready: Promise<T>;
  private readonly worker: ChildProcess;

  /** @param file of this folder, compiled, such as `back-end-worker.js` */
  constructor(name: string, file: string, ...words: readonly string[]) {
    const program = fileURLToPath(compiledFile(`src/bench/discovery/${file}`));
    const child = spawn(process.execPath, [program, ...words], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    super(name, child);
    this.worker = child;
    this.ready = new Promise((resolve, reject) => {
      this.readLines(child.stdout, (line) => resolve(JSON.parse(line) as T));
      void this.ended.then((end) => reject(new Error(this.tellEarlyEnd(end))));
    });
    this.ready.catch(() => {});
  }

  protected tell(line: string): void {
    this.worker.stdin?.write(`${line}\n`);
  }
}

/** A process of web servers, as a service would run them. */
export class BackEnds extends WorkerProcess<{ readonly ports: readonly number[] }> {
  constructor(name: string, count: number) {
    super(name, "back-end-worker.js", String(count));
  }

  /** Makes the servers of these numbers refuse connections, as a cut path would. */
  cut(numbers: readonly number[]): void {
    this.tell(`cut ${numbers.join(" ")}`);
  }

  mend(): void {
    this.tell("mend");
  }
}

/** A process of many members that offer one service; `seed` is the gossip address of one of them. */
export class Members extends WorkerProcess<{ readonly seed: string }> {
  constructor(count: number, profile: string) {
    super("members", "members-worker.js", String(count), profile);
  }
}

/** A daemon whose events the benchmark makes up; `seed` is the gossip address of another one. */
export class EventSource extends WorkerProcess<{ readonly api: string }> {
  constructor(seed: string) {
    super("source of events", "event-source-worker.js", seed);
  }

  /** From now on so many events happen each second. */
  happen(perS: number): void {
    this.tell(String(perS));
  }
}
