import { connect } from "node:net";
import type { LeaveBody } from "../../../control/api-types.ts";
import { openControlServer } from "../../../control/server.ts";
import { ConfigError } from "../../../core/errors.ts";
import type { Rng } from "../../../core/primitives/rng.ts";
import { startDaemon } from "../../../daemon/daemon.ts";
import { resolveSettings } from "../../../daemon/settings.ts";
import { concat } from "../mutate-bytes.ts";
import { mutateText } from "../mutate-text.ts";
import { demand, type FuzzTarget } from "../target.ts";
import { bytesOf } from "./text-targets.ts";

/** A request that is not answered within this waits for something: it is whole, since its client says no more. */
const WAIT_MS = 1000;

const GETS = [
  ...[
    "self",
    "members",
    "members?state=alive&index=1&wait=10ms",
    "members/n1",
    "explain/n1",
    "views",
  ],
  ...[
    "events",
    "events?after=1&kind=member-joined",
    "services",
    "services/web?near=self&max-phi=3",
  ],
  ...["services/web/wait?index=0&wait=1ms", "metrics", "ready", "faults", "keys", "nothing/%2e%2e"],
  ...["prometheus-targets?service=web", "health"],
];
const POSTS: readonly (readonly [path: string, body: unknown])[] = [
  ["events", { name: "deploy", payload: "v2" }],
  ["query", { name: "uptime", payload: "", timeout: "100ms" }],
  ["services", { name: "web", port: 8080, tags: ["v2"], meta: { zone: "a" }, weight: 10 }],
  ["maintenance", { reason: "new disks" }],
  ["join", { addresses: ["127.0.0.1:1"] }],
  ["forget", { member: "n7" }],
  ["leave", {}],
  ["faults", { rules: [{ from: ["n1"], to: "*", drop: 0.5 }], ttl: "10ms" }],
];

/**
 * The control API of a node that runs in this process, over TCP: any answer but a 500, or none. Its node neither leaves nor
 * dials anybody.
 */
export async function createHttpTarget(): Promise<FuzzTarget> {
  const flags = { name: "n1", bind: "127.0.0.1:0", api: "127.0.0.1:0", profile: "local" };
  const quiet = { log: "json", logLevel: "error" } as const;
  const settings = resolveSettings({ flags: { ...flags, ...quiet }, env: {}, readFile: () => "" });
  const daemon = await startDaemon(settings);
  const mistakes: Error[] = [];
  const note = (error: Error) => mistakes.push(error);
  process.on("uncaughtException", note);
  const server = await openControlServer(
    { host: "127.0.0.1", port: 0 },
    { startId: daemon.node.identity.startId, onDropped: () => {}, onFailure: note },
  );
  const leave = (): Promise<LeaveBody> => Promise.reject(new ConfigError("it stays"));
  const join = () => Promise.reject(new ConfigError("it dials nobody"));
  server.serve({ ...daemon.node, leave, join });
  const { address } = server;
  const port = "port" in address ? address.port : 0;
  return {
    name: "http",
    isRepeatable: false,
    seeds: () => [
      ...GETS.map((path) => request("GET", path, "")),
      ...POSTS.map(([path, body]) => request("POST", path, JSON.stringify(body))),
      ...["services/web", "maintenance", "faults"].map((path) => request("DELETE", path, "")),
    ],
    mutate: mutateRequest,
    async attempt(input) {
      const answer = await ask(port, input);
      const mistake = mistakes.shift();
      if (mistake !== undefined) throw mistake;
      demand(!answer.startsWith("HTTP/1.1 500"), "no request makes the node fail");
      return answer;
    },
    async close() {
      await server.close();
      await daemon.stop();
      process.off("uncaughtException", note);
    },
  };
}

function request(method: string, path: string, body: string): Uint8Array {
  const head = `${method} /v1/${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n`;
  const type = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
  return bytesOf(`${head}${body === "" ? "" : type}\r\n${body}`);
}

/** A request with its path, its body or anything at all changed. A changed body has its right length, as often as not. */
function mutateRequest(rng: Rng, input: Uint8Array, other: Uint8Array): Uint8Array {
  const way = rng.next();
  const text = Buffer.from(input).toString("latin1");
  const bodyAt = text.indexOf("\r\n\r\n") + 4;
  const pathAt = text.indexOf(" ") + 1;
  const pathEnd = text.indexOf(" ", pathAt);
  if (way < 0.2 || bodyAt < 4 || pathEnd < 0) return mutateText(rng, input, other);
  if (way < 0.6) {
    const path = mutateText(rng, input.subarray(pathAt, pathEnd), other);
    const words = Buffer.from(path)
      .toString("latin1")
      .replaceAll(/[^!-~]/g, "+");
    return concat(input.subarray(0, pathAt), bytesOf(words), input.subarray(pathEnd));
  }
  const body = mutateText(rng, input.subarray(bodyAt), other);
  const head = text.slice(0, bodyAt).replace(/(Content-Length: )\d+/i, `$1${body.length}`);
  return concat(Uint8Array.from(Buffer.from(head, "latin1")), body);
}

/** The first line of the answer, or what came in its place. */
function ask(port: number, input: Uint8Array): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.end(input));
    const end = (outcome: string) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(() => end("waits"), WAIT_MS);
    socket.on("data", (data) => end(data.toString("latin1").split("\r\n", 1)[0] ?? ""));
    socket.on("error", () => end("reset"));
    socket.on("close", () => end("closed"));
  });
}
