/**
 * Records what real agents say to each other, as test vectors beside this file. Each agent announces
 * the address of a recorder, which passes on everything; so this needs no privileges, but `serf` and
 * `prometheus-alertmanager`, and takes half a minute:
 *
 *     npx esbuild test/pool/golden/capture.ts --format=esm --outfile=test/pool/golden/capture.mjs
 *     node test/pool/golden/capture.mjs && rm test/pool/golden/capture.mjs
 *
 * It records each act for a while: what agents still have to say, nothing tells. Serf says most things again and again; of
 * each file one packet of each kind was kept, one stream of each, and those without which any of 863 single changes of
 * src/pool/wire would have gone unseen.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as recordFor } from "node:timers/promises";

interface Recorded {
  readonly how: "packet" | "dialled" | "answered";
  readonly hex: string;
}

interface Recorder {
  readonly port: number;
  readonly recorded: Recorded[];
  target: number;
}

const KEY = "aGVhcnNheS1ob2VydC1nZXJuZS1tYWwtenUtMzJieXQ=";
const running: ChildProcess[] = [];

async function record(): Promise<Recorder> {
  const recorded: Recorded[] = [];
  const take = (how: Recorded["how"], bytes: Uint8Array): void => {
    recorded.push({ how, hex: Buffer.from(bytes).toString("hex") });
  };
  const server = createServer((dialler) => {
    const agent = connect(recorder.target, "127.0.0.1");
    const said = { dialled: [] as Buffer[], answered: [] as Buffer[] };
    dialler.on("data", (bytes: Buffer) => said.dialled.push(bytes));
    agent.on("data", (bytes: Buffer) => said.answered.push(bytes));
    dialler.pipe(agent).pipe(dialler);
    agent.on("error", () => dialler.destroy());
    dialler.on("error", () => agent.destroy());
    agent.on("close", () => {
      take("dialled", Buffer.concat(said.dialled));
      take("answered", Buffer.concat(said.answered));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const socket = createSocket("udp4", (packet) => {
    take("packet", packet);
    socket.send(packet, recorder.target, "127.0.0.1");
  });
  socket.bind(port, "127.0.0.1");
  const recorder: Recorder = { port, recorded, target: 0 };
  return recorder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function run(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: "ignore" });
  running.push(child);
  return child;
}

async function captureSerf(file: string, extra: readonly string[]): Promise<void> {
  const agents = [];
  for (const name of ["n1", "n2", "n3"]) {
    const recorder = await record();
    recorder.target = await freePort();
    const rpc = `127.0.0.1:${await freePort()}`;
    const join = agents[0] === undefined ? [] : ["-join", `127.0.0.1:${agents[0].recorder.port}`];
    const child = run("serf", [
      ...["agent", "-node", name, "-bind", `127.0.0.1:${recorder.target}`, "-rpc-addr", rpc],
      ...["-advertise", `127.0.0.1:${recorder.port}`, "-profile", "local"],
      ...["-tag", `role=web-${name}`, "-tag", "port=8080", ...join, ...extra],
    ]);
    agents.push({ recorder, rpc, child });
    await recordFor(500);
  }
  await recordFor(2000);
  run("serf", ["event", "-rpc-addr", agents[0]?.rpc ?? "", "deploy", "version 42"]);
  await recordFor(500);
  run("serf", ["leave", "-rpc-addr", agents[2]?.rpc ?? ""]);
  await recordFor(1000);
  agents[1]?.child.kill("SIGSTOP");
  await recordFor(1500);
  agents[1]?.child.kill("SIGCONT");
  await recordFor(1500);
  agents[1]?.child.kill("SIGKILL");
  await recordFor(4000);
  save(
    file,
    agents.flatMap(({ recorder }) => recorder.recorded),
  );
}

async function captureAlertmanager(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "hearsay-capture-"));
  const config = join(directory, "am.yml");
  writeFileSync(config, "route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n");
  const recorders: Recorder[] = [];
  for (const name of ["a", "b"]) {
    const recorder = await record();
    recorder.target = await freePort();
    const first = recorders[0];
    run("prometheus-alertmanager", [
      ...[`--config.file=${config}`, `--storage.path=${join(directory, name)}`],
      `--cluster.listen-address=127.0.0.1:${recorder.target}`,
      `--cluster.advertise-address=127.0.0.1:${recorder.port}`,
      `--web.listen-address=127.0.0.1:${await freePort()}`,
      ...(first === undefined ? [] : [`--cluster.peer=127.0.0.1:${first.port}`]),
    ]);
    recorders.push(recorder);
    await recordFor(1000);
  }
  await recordFor(4000);
  save(
    "alertmanager",
    recorders.flatMap(({ recorded }) => recorded),
  );
}

function save(file: string, recorded: readonly Recorded[]): void {
  for (const child of running.splice(0)) child.kill("SIGKILL");
  const path = join(import.meta.dirname, `${file}.json`);
  const lines = recorded.filter(({ hex }) => hex !== "").map((one) => JSON.stringify(one));
  writeFileSync(path, `[\n${[...new Set(lines)].join(",\n")}\n]\n`);
  process.stdout.write(`${file}: ${recorded.length} recorded\n`);
}

await captureSerf("serf", []);
await captureSerf("serf-uncompressed", ["-disable-compression"]);
await captureSerf("serf-encrypted", ["-encrypt", KEY]);
await captureAlertmanager();
process.exit(0);
