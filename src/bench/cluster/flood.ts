import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { OwnedProcess } from "../../cluster/process/owned-process.ts";
import { compiledFile } from "../../daemon/program.ts";
import { median } from "../../text/quantiles.ts";

/** A process that sends junk to a gossip address, until it is stopped or this process ends. */
export class Flood extends OwnedProcess {
  private readonly sent: number[] = [];

  constructor(address: string, perS: number) {
    const program = fileURLToPath(compiledFile("src/bench/cluster/flood-worker.js"));
    const port = address.slice(address.lastIndexOf(":") + 1);
    const child = spawn(process.execPath, [program, port, String(perS)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    super("flood", child);
    this.readLines(child.stdout, (line) => this.sent.push(Number(line)));
  }

  /** Datagrams that it sent in a second: the median. */
  get sentPerS(): number {
    return median(this.sent);
  }

  async stop(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }
}
