import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectControl } from "../../src/control/client.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { ENTRY, spawnPlain } from "./run-hearsay.ts";

const lacksNamespaces = spawnSync("unshare", ["-n", "-m", "ip", "link"]).status !== 0;
const MS_MAX = 40_000;
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
  lines.on("line", (line) => log.push(JSON.parse(line)));
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

/** Runs a program that begins with a script of its shell. */
const after = (script: string) => ["sh", "-c", `${script} && exec "$@"`, "sh"];

test(
  "a daemon that may open no more files turns clients away, and goes on",
  async () => {
    const a = await startBy(after("ulimit -n 100"), "a");
    const b = await startBy([], "b", ["--join", a.address]);
    await vi.waitFor(async () => expect(await b.sees("a")).toBe("alive"), WITHIN);
    const path = a.told("ready")?.api?.slice("unix:".length) ?? "";
    const sockets = Array.from({ length: 160 }, () => connect(path).on("error", () => {}));
    const began = (await b.client.members()).index;
    await vi.waitFor(
      () => expect(sockets.filter(({ destroyed }) => destroyed)).not.toEqual([]),
      WITHIN,
    );
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect(await a.sees("b")).toBe("alive"), WITHIN);
    for await (const item of b.client.events({ since: began, follow: false })) {
      expect(item).not.toMatchObject({ event: { event: "member-changed", to: "dead" } });
    }
    expect(await leave(a.child)).toBe(0);
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
