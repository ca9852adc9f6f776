import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A program of the system failed; the message holds its command and its words. */
export class NamespaceError extends Error {
  override readonly name = "NamespaceError";
}

/**
 * A network namespace without a name: it is there as long as a process is in it, and the one that
 * holds it ends when this process does, whatever ends it. So the kernel removes namespace, links
 * and rules by itself, and nothing has to be cleaned up after a crash.
 */
export class NetworkNamespace {
  private readonly holder: ChildProcess;

  private constructor(holder: ChildProcess) {
    this.holder = holder;
  }

  static async create(): Promise<NetworkNamespace> {
    // In a process group of its own: a Ctrl-C on the terminal must not take the ground away from
    // under daemons that still say goodbye.
    const holder = spawn("unshare", ["--net", "sh", "-c", "echo; read -r _"], {
      stdio: ["pipe", "pipe", "pipe"],
      detached: true,
    });
    holder.stdin.on("error", () => {});
    const said = text(holder.stderr);
    const failed = once(holder, "exit").then(async () => {
      throw new NamespaceError(`a network namespace cannot be made: ${(await said).trim()}`);
    });
    const made = once(holder.stdout, "data");
    await Promise.race([made, failed, failureToStart(holder, "unshare")]);
    // Its end later on is no failure.
    failed.catch(() => {});
    return new NetworkNamespace(holder);
  }

  /** Of the process that holds it. */
  get pid(): number {
    return this.holder.pid ?? 0;
  }

  /** What runs a command in here. */
  get prefix(): readonly string[] {
    return ["nsenter", `--net=/proc/${this.pid}/ns/net`, "--"];
  }

  /** Runs a command in here. @throws NamespaceError with its words when it fails */
  run(command: readonly string[], input = ""): Promise<void> {
    return runCommand([...this.prefix, ...command], input);
  }

  /** Lets go of it; it vanishes with the last process inside. */
  async release(): Promise<void> {
    if (this.holder.exitCode !== null || this.holder.signalCode !== null) return;
    const ended = once(this.holder, "exit");
    this.holder.stdin?.end();
    await ended;
  }
}

/** Runs a command of the system. @throws NamespaceError with its words when it fails */
export async function runCommand(command: readonly string[], input = ""): Promise<void> {
  const [program = "", ...rest] = command;
  const child = spawn(program, rest, { stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const ended = once(child, "close");
  const [words] = await Promise.race([
    Promise.all([text(child.stderr), ended]),
    failureToStart(child, program),
  ]);
  if (child.exitCode === 0) return;
  const how = words.trim() || `exit code ${child.exitCode}`;
  throw new NamespaceError(`${command.join(" ")}: ${how}`);
}

async function failureToStart(child: ChildProcess, program: string): Promise<never> {
  const [error] = (await once(child, "error")) as [Error];
  throw new NamespaceError(`${program} cannot be run: ${error.message}`);
}
