import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { inventMembers } from "./invented-members.ts";
import { ENTRY, outcomeOf, spawnPlain } from "./run-hearsay.ts";

const lacksNamespaces = spawnSync("unshare", ["-n", "-m", "ip", "link"]).status !== 0;
const MS_MAX = 90_000;
const WITHIN = { timeout: 15_000, interval: 50 };
const START = [process.execPath, ENTRY, "start", "--bind", "127.0.0.1:0", "--profile", "local"];

/** A daemon that another program starts, its log, and a client at its socket, which no network namespace hides. */
async function startBy(program: readonly string[], name: string, words: readonly string[] = []) {
  const socket = `unix:${join(temporaryDirectory(), "api.sock")}`;
  const own = ["--name", name, "--api", socket, "--log", "json", ...words];
  const [first = "", ...rest] = [...program, ...START, ...own];
  const child = spawnPlain(first, rest, { withinMs: MS_MAX });
  const log: Readonly<Record<string, string>>[] = [];
  const lines = createInterface({ input: child.stderr as NodeJS.ReadableStream });
  // What V8 itself says at the end is not JSON.
  lines.on("line", (line) => line.startsWith("{") && log.push(JSON.parse(line)));
  const told = (event: string) => log.find((line) => line.event === event);
  await vi.waitUntil(() => told("ready") !== undefined, WITHIN);
  const client = connectControl(socket);
  onTestFinished(() => {
    client.close();
    child.kill("SIGKILL");
  });
  const sees = async (member: string) =>
    (await client.members()).members.find((each) => each.name === member)?.state;
  return { child, client, told, log, sees, address: told("ready")?.address ?? "" };
}

async function leave(child: ChildProcess): Promise<unknown> {
  child.kill("SIGTERM");
  const [exitCode] = await once(child, "close");
  return exitCode;
}

/** The command with so much old space for V8, in MB. */
function withHeap(mb: number): readonly string[] {
  return ["env", `NODE_OPTIONS=--max-old-space-size=${mb}`];
}

const portOf = (address: string): number => Number(address.split(":")[1]);

/** Runs a program that begins with a script of its shell. */
const after = (script: string) => ["sh", "-c", `${script} && exec "$@"`, "sh"];

test(
  "a daemon that may open no more files turns clients away, and goes on",
  async () => {
    const a = await startBy(after("ulimit -n 100"), "a");
    const b = await startBy([], "b", ["--join", a.address]);
    await vi.waitFor(async () => expect(await b.sees("a")).toBe("alive"), WITHIN);
    const path = a.told("ready")?.api?.slice("unix:".length) ?? "";
    const shortOfFiles = () =>
      a.log.filter(({ event, resource }) => event === "running-short" && resource === "files");
    expect(shortOfFiles()).toEqual([]);
    const sockets = Array.from({ length: 160 }, () => connect(path).on("error", () => {}));
    const began = (await b.client.members()).index;
    await vi.waitFor(
      () => expect(sockets.filter(({ destroyed }) => destroyed)).not.toEqual([]),
      WITHIN,
    );
    await vi.waitUntil(() => shortOfFiles().length > 0, WITHIN);
    expect(shortOfFiles()).toMatchObject([{ level: "warn", maxBytes: null }]);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await a.sees("b")).toBe("alive"), WITHIN);
    const counted = /^hearsay_running_short_total{resource="files"} [1-9]/m;
    expect(await a.client.metrics()).toMatch(counted);
    for await (const item of b.client.events({ since: began, follow: false })) {
      expect(item).not.toMatchObject({ event: { event: "member-changed", to: "dead" } });
    }
    expect(await leave(a.child)).toBe(0);
  },
  MS_MAX,
);

test.each([28, 40])(
  "a daemon that may open %i files says in one line that these are too few",
  async (files) => {
    const [program = "", ...words] = [...after(`ulimit -n ${files}`), ...START];
    const { exitCode, stderr } = await outcomeOf(spawnPlain(program, words, {}));
    expect(stderr).toMatch(/^hearsay: this process may open no more files; raise .* to 256 .*\n$/);
    expect(exitCode).toBe(1);
  },
);

test(
  "a daemon with little memory and a limit that fits it lives through more invented members than it has room for",
  async () => {
    const words = ["--members-max", "500", "--tombstones-max", "500"];
    const a = await startBy(withHeap(48), "a", words);
    await inventMembers(portOf(a.address), 4000);
    await vi.waitUntil(() => a.told("limit-met") !== undefined, WITHIN);
    const { counts } = await a.client.self();
    expect(counts.alive + counts.suspect).toBeLessThanOrEqual(500);
    expect(a.told("running-short")).toBeUndefined();
    const [, rss] = /^process_resident_memory_bytes (\d+)$/m.exec(await a.client.metrics()) ?? [];
    expect(Number(rss)).toBeLessThan(200 * 1024 ** 2);
    expect(await leave(a.child)).toBe(0);
  },
  MS_MAX,
);

test(
  "a daemon whose heap fills says so before V8 ends it, and is the same member when it starts again",
  async () => {
    const data = ["--data-dir", temporaryDirectory()];
    const a = await startBy(withHeap(32), "a", data);
    const before = await a.client.self();
    const ended = once(a.child, "close");
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    await inventMembers(portOf(a.address), 40_000, () => isOver);
    // By an abort, which a supervisor takes for a failure.
    expect(await ended).toEqual([null, "SIGABRT"]);
    const maxBytes = 32 * 1024 ** 2;
    expect(a.told("running-short")).toMatchObject({ level: "warn", resource: "heap", maxBytes });
    const again = await startBy([], "a", data);
    const after = await again.client.self();
    expect(after.name).toBe("a");
    expect(after.incarnation).toBeGreaterThan(before.incarnation);
    expect(await leave(again.child)).toBe(0);
  },
  MS_MAX,
);

test.skipIf(lacksNamespaces)(
  "two daemons whose interface goes down and comes back are one cluster again (needs namespaces)",
  async () => {
    const a = await startBy(["unshare", "-n", ...after("ip link set lo up")], "a");
    const inside = ["nsenter", "-t", String(a.child.pid), "-n"];
    const b = await startBy(inside, "b", ["--join", a.address]);
    await vi.waitFor(
      async () => expect([await a.sees("b"), await b.sees("a")]).toEqual(["alive", "alive"]),
      WITHIN,
    );
    const set = (state: string) =>
      execFileSync("nsenter", [...inside.slice(1), "ip", "link", "set", "lo", state]);
    set("down");
    await vi.waitFor(
      async () => expect([await a.sees("b"), await b.sees("a")]).toEqual(["dead", "dead"]),
      WITHIN,
    );
    set("up");
    await vi.waitFor(
      async () => expect([await a.sees("b"), await b.sees("a")]).toEqual(["alive", "alive"]),
      WITHIN,
    );
    expect(await leave(a.child)).toBe(0);
  },
  MS_MAX,
);

test.skipIf(lacksNamespaces)(
  "on a disk that is full a daemon with a data directory runs, and says what it does not save (needs namespaces)",
  async () => {
    const directory = temporaryDirectory();
    const fill = `mount -t tmpfs -o size=8k none ${directory} && (cat /dev/zero > ${directory}/full || true) 2>&-`;
    const a = await startBy(["unshare", "-m", ...after(fill)], "a", ["--data-dir", directory]);
    const b = await startBy([], "b", ["--join", a.address]);
    await vi.waitFor(
      async () => expect([await a.sees("b"), await b.sees("a")]).toEqual(["alive", "alive"]),
      WITHIN,
    );
    expect(
      a.log.filter(({ event }) => event === "warning").map(({ message }) => message),
    ).toContainEqual(expect.stringMatching(/ENOSPC/));
    expect(await leave(a.child)).toBe(0);
  },
  MS_MAX,
);
