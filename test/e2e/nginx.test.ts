import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningDaemon, startDaemon } from "../../src/daemon/daemon.ts";
import { createNode, type EmbeddedNode } from "../../src/index.ts";
import { settingsOf } from "../daemon/started-daemon.ts";
import { freePort, listening } from "../loopback-servers.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { spawnHearsay } from "./run-hearsay.ts";

const HAS_NGINX = spawnSync("nginx", ["-v"]).status === 0;

const TEMPLATE = `upstream web {
{%- assign web = 'web' | service -%}
{%- for e in web.endpoints %}
  server {{ e.address }} max_fails=0; # {{ e.member }}
{%- else %}
  server 127.0.0.1:1 down;
{%- endfor %}
}
`;

/** What the test started, ended in reverse. */
const closers: (() => unknown)[] = [];
const backends = new Map<string, EmbeddedNode>();
const directory = directoryOfFile();
let attached: RunningDaemon;
let frontPort: number;

// nginx without the daemon's own files: everything lies in the directory of the test.
const nginx = (...words: string[]) => [
  "-p",
  directory,
  "-c",
  join(directory, "nginx.conf"),
  ...words,
];

async function startBackend(name: string): Promise<void> {
  const server = createServer((_, response) => response.end(name));
  const services = [{ name: "web", port: await listening(server) }];
  closers.push(() => server.close());
  const node = await createNode({
    name,
    profile: "local",
    join: [attached.ready.address],
    services,
  });
  closers.push(() => node.close());
  backends.set(name, node);
}

function keepRunning(child: ChildProcess): void {
  child.stdout?.resume();
  child.stderr?.resume();
  closers.push(() => {
    child.kill("SIGTERM");
    return child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
  });
}

function config(): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off; worker_processes 1; pid nginx.pid; error_log error.log;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary.map((kind) => `${kind}_temp_path ${kind};`).join(" ")}
  include web.conf;
  server { listen 127.0.0.1:${frontPort}; location / { proxy_pass http://web; proxy_next_upstream off; } }
}
`;
}

/** Who answered so many requests; a request that fails counts as "failed". */
async function askedOf(requests: number): Promise<Set<string>> {
  const names = new Set<string>();
  for (let count = 0; count < requests; count++) {
    const response = await fetch(`http://127.0.0.1:${frontPort}/`).catch(() => undefined);
    names.add(response?.status === 200 ? await response.text() : "failed");
  }
  return names;
}

/** Waits until exactly these answer; the last answers are told when it does not come about. */
async function answeredBy(...names: string[]): Promise<void> {
  const endMs = performance.now() + 8000;
  for (;;) {
    const answering = [...(await askedOf(12))].sort();
    if (answering.join() === names.join()) return;
    if (performance.now() > endMs) expect(answering).toEqual(names);
  }
}

beforeAll(async () => {
  if (!HAS_NGINX) return;
  attached = await startDaemon(settingsOf("front"));
  closers.push(() => attached.stop());
  await Promise.all(["web1", "web2", "web3"].map(startBackend));
  frontPort = await freePort();
  const [template, out] = [join(directory, "web.tpl"), join(directory, "web.conf")];
  writeFileSync(template, TEMPLATE);
  writeFileSync(out, "upstream web { server 127.0.0.1:1 down; }\n");
  writeFileSync(join(directory, "nginx.conf"), config());
  mkdirSync(join(directory, "logs"));
  keepRunning(spawn("nginx", nginx(), { stdio: ["ignore", "pipe", "pipe"] }));
  const exec = `nginx ${nginx("-s", "reload").join(" ")}`;
  const words = ["template", template, out, "--exec", exec, "--debounce", "50ms"];
  keepRunning(spawnHearsay([...words, "--attach", attached.ready.apiUrl ?? ""]));
});

afterAll(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const withNginx = test.skipIf(!HAS_NGINX);

// One story: each test begins where the one before it ended.
withNginx("nginx (skipped where it is not installed) asks every server that is alive", async () => {
  await answeredBy("web1", "web2", "web3");
});

withNginx("a server that crashed is taken out, and nginx is reloaded without it", async () => {
  await backends.get("web3")?.close();
  await answeredBy("web1", "web2");
});

withNginx("a server that leaves is taken out", async () => {
  await backends.get("web2")?.leave();
  await answeredBy("web1");
});

withNginx("one that comes is taken in", async () => {
  await startBackend("web4");
  await answeredBy("web1", "web4");
});

withNginx("while the node is away, the last good file stays and nginx goes on", async () => {
  const before = readFileSync(join(directory, "web.conf"), "utf8");
  await attached.stop();
  await backends.get("web4")?.close();
  expect(await askedOf(8)).toEqual(new Set(["web1", "web4"]));
  expect(readFileSync(join(directory, "web.conf"), "utf8")).toBe(before);
  expect(existsSync(join(directory, "nginx.pid"))).toBe(true);
});
