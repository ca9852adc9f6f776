import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "../../loopback-servers.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

/** A program of another engine that a test started. */
export interface ForeignAgent {
  readonly name: string;
  /** Cluster address, `127.0.0.1:port`. */
  readonly address: string;
  /** Serf's RPC address, or Alertmanager's web address. */
  readonly control: string;
  /** All that it said so far. */
  readonly said: () => string;
  signal(signal: NodeJS.Signals): void;
}

/** In CI it is installed; elsewhere such a test is skipped. */
export function lacks(program: string, argument: string): boolean {
  return (
    process.env.CI === undefined &&
    spawnSync(program, [argument], { stdio: "ignore" }).error !== undefined
  );
}

/** A Serf agent that has joined; it ends with the test. */
export async function startSerf(
  name: string,
  options: { readonly join?: ForeignAgent; readonly words?: readonly string[] } = {},
): Promise<ForeignAgent> {
  const address = `127.0.0.1:${await freePort()}`;
  const control = `127.0.0.1:${await freePort()}`;
  const seeds = options.join === undefined ? [] : ["-join", options.join.address];
  const words = ["agent", "-node", name, "-bind", address, "-rpc-addr", control, ...seeds];
  const child = spawn("serf", [...words, ...(options.words ?? [])]);
  return started({ name, address, control }, child, "Log data will now stream");
}

/** An Alertmanager that has joined; it ends with the test. */
export async function startAlertmanager(name: string, join_?: ForeignAgent): Promise<ForeignAgent> {
  const directory = temporaryDirectory();
  const config = join(directory, "alertmanager.yml");
  writeFileSync(config, "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
  const address = `127.0.0.1:${await freePort()}`;
  const control = `127.0.0.1:${await freePort()}`;
  const child = spawn("prometheus-alertmanager", [
    ...[`--config.file=${config}`, `--storage.path=${directory}`],
    ...[`--cluster.listen-address=${address}`, `--cluster.advertise-address=${address}`],
    `--web.listen-address=${control}`,
    ...(join_ === undefined ? [] : [`--cluster.peer=${join_.address}`]),
  ]);
  return started({ name, address, control }, child, "Listening on");
}

async function started(
  where: Pick<ForeignAgent, "name" | "address" | "control">,
  child: ChildProcess,
  readyText: string,
): Promise<ForeignAgent> {
  let text = "";
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  await new Promise<void>((resolve, reject) => {
    const take = (bytes: Buffer): void => {
      text += bytes.toString();
      if (text.includes(readyText)) resolve();
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.on("exit", () => reject(new Error(`${where.name} ended: ${text}`)));
  });
  return { ...where, said: () => text, signal: (signal) => child.kill(signal) };
}

/** The names that `serf members` lists, with their states. */
export function serfMembers({ control }: ForeignAgent): string[] {
  const { stdout } = spawnSync("serf", ["members", "-rpc-addr", control], { encoding: "utf8" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(/\s+/))
    .map(([name, , state]) => `${name} ${state}`)
    .sort();
}
