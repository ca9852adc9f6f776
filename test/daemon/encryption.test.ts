import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ControlClient } from "../../src/control/client.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { type RunningDaemon, startDaemon } from "../../src/daemon/daemon.ts";
import { keyOf } from "../keys/sealed.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { settingsOf, start, until } from "./started-daemon.ts";

const WITHIN = { timeout: 10_000, interval: 20 };

/** A key file with these keys, each 32 times that byte, and what writes others into it. */
function keyFileOf(...keys: number[]) {
  const path = join(temporaryDirectory(), "keys");
  const write = (...next: number[]) => {
    const lines = next.map((byte) => Buffer.alloc(32, byte).toString("base64"));
    writeFileSync(path, lines.join("\n"));
    chmodSync(path, 0o600);
  };
  write(...keys);
  return { path, write };
}

/** A log that keeps what it is to note. */
function keptLog() {
  const notes: { readonly level: string; readonly event: string; readonly message: string }[] = [];
  const note = (level: string, event: string, message: string) =>
    void notes.push({ level, event, message });
  return { notes, log: { event: () => undefined, note, setLevel: () => undefined } };
}

async function droppedBy(client: ControlClient) {
  return (await client.self()).traffic.dropped;
}

async function namesSeenBy(client: ControlClient): Promise<string[]> {
  return (await client.members()).members.map(({ name }) => name).sort();
}

test("members with one key see each other, and keep wires", async () => {
  const keyFile = keyFileOf(1).path;
  const a = await start("a", { keyFile });
  const b = await start("b", { keyFile, join: a.address });
  await until(a.client, "b");
  await until(b.client, "a");
  for (const { client } of [a, b]) {
    await expect
      .poll(async () => (await client.self()).traffic.wiring, WITHIN)
      .toMatchObject({ wires: 1, acceptedWires: 1, failed: {}, turnedAway: {} });
    expect(await droppedBy(client)).toEqual({});
  }
});

describe("who has not the key stays a stranger, and both operators are told", () => {
  test.each([
    ["no key", {}, "plaintext", /is not encrypted: its sender has no --key-file/],
    ["another key", { keyFile: 2 }, "key", /encrypted with a key that this node does not have/],
    ["the key and another label", { keyFile: 1, cluster: "other" }, "label", /of another cluster/],
  ])(
    "%s",
    async (_, { keyFile, ...flags }: { keyFile?: number; cluster?: string }, reason, told) => {
      const { log, notes } = keptLog();
      const warnings = () => notes.filter(({ event }) => event === "foreign-datagram");
      const a = await start("a", { keyFile: keyFileOf(1).path }, { log });
      const own = keyFile === undefined ? {} : { keyFile: keyFileOf(keyFile).path };
      const b = await start("b", { ...own, ...flags, join: a.address });
      await expect.poll(() => droppedBy(a.client), WITHIN).toHaveProperty(reason);
      await expect.poll(warnings, WITHIN).toMatchObject([{ message: expect.stringMatching(told) }]);
      expect(await a.client.metrics()).toContain(`reason="${reason}"`);
      expect(await namesSeenBy(a.client)).toEqual(["a"]);
      expect(await namesSeenBy(b.client)).toEqual(["b"]);
    },
  );

  test("the other way round: who has a key, at a cluster without", async () => {
    const a = await start("a");
    const b = await start("b", { keyFile: keyFileOf(1).path, join: a.address });
    await expect.poll(() => droppedBy(a.client), WITHIN).toHaveProperty("key");
    expect(await namesSeenBy(a.client)).toEqual(["a"]);
    expect(await namesSeenBy(b.client)).toEqual(["b"]);
  });
});

test("a key file that others may read keeps a daemon from starting", async () => {
  const { path } = keyFileOf(1);
  chmodSync(path, 0o644);
  await expect(startDaemon(settingsOf("a", { keyFile: path }))).rejects.toThrow(
    new ConfigError(
      `keyFile: ${path} has mode 0644, which lets other users at the keys; run chmod 600 ${path}`,
    ),
  );
});

/** Three daemons at addresses that stay the same. */
async function threeDaemons(flagsOf: (name: string) => object) {
  const names = ["a", "b", "c"] as const;
  const runs: RunningDaemon[] = [];
  const nodes = new Map<string, Awaited<ReturnType<typeof start>>>();
  const seeds: string[] = [];
  const run = async (name: string) => {
    const bind = nodes.get(name)?.address ?? "127.0.0.1:0";
    const flags = () => ({ bind, join: seeds, ...flagsOf(name) });
    const node = await start(name, flags(), { reread: () => settingsOf(name, flags()) });
    runs.push(node.daemon);
    nodes.set(name, node);
    if (seeds.length < names.length) seeds.push(node.address);
  };
  const clients = () => [...nodes.values()].map(({ client }) => client);
  const isWhole = async () => {
    for (const client of clients()) {
      for (const name of names) await until(client, name);
    }
    await Promise.all([...nodes.values()].map(({ daemon }) => pingsAnswered(daemon)));
  };
  for (const name of names) await run(name);
  await isWhole();
  return {
    ...{ seeds, clients, isWhole },
    /** What any run of them ever doubted of the others, or of itself. */
    doubts: () => runs.flatMap(doubtsOf),
    /** One after the other leaves and comes back, as its settings are now. */
    restartAll: async () => {
      for (const name of names) {
        await nodes.get(name)?.daemon.leave();
        await nodes.get(name)?.daemon.done;
        await run(name);
        await isWhole();
      }
    },
  };
}

/** Resolves when the node had six pings answered from now on: three times as many as it sends in a period. */
async function pingsAnswered({ node }: RunningDaemon): Promise<void> {
  const acks = () => node.traffic().received.ack?.datagrams ?? 0;
  const wanted = acks() + 6;
  await expect.poll(acks, WITHIN).toBeGreaterThanOrEqual(wanted);
}

function doubtsOf({ node, ready }: RunningDaemon): string[] {
  expect(node.events.oldest).toBe(1);
  return node.events.after(0, 10_000).flatMap((event) => {
    if (event.event === "isolated-changed") return [`${ready.name} is isolated`];
    const isDoubt =
      event.event === "member-changed" && (event.to === "suspect" || event.to === "dead");
    return isDoubt ? [`${ready.name} holds ${event.member} ${event.to}`] : [];
  });
}

test("a cluster moves to a key by restarts, and nobody is ever doubted", async () => {
  const keyFile = keyFileOf(1).path;
  let flags: object = {};
  const cluster = await threeDaemons(() => flags);
  for (const gossipEncryption of ["accept", "prefer", "require"]) {
    flags = { keyFile, gossipEncryption };
    await cluster.restartAll();
  }
  expect(cluster.doubts()).toEqual([]);
  for (const client of cluster.clients()) expect(await droppedBy(client)).toEqual({});
});

test("a reload changes keys where there are some, and says when it cannot", async () => {
  const keys = keyFileOf(1);
  let flags: object = { keyFile: keys.path };
  const a = await start("a", flags, { reread: () => settingsOf("a", flags) });
  expect(await a.client.reload()).toMatchObject({ changed: [], needRestart: [] });
  keys.write(1, 2);
  expect(await a.client.reload()).toMatchObject({ changed: ["keyFile"], needRestart: [] });
  flags = { keyFile: keyFileOf(1, 2).path, gossipEncryption: "prefer" };
  expect(new Set((await a.client.reload()).changed)).toEqual(
    new Set(["gossipEncryption", "keyFile"]),
  );
  flags = {};
  expect(await a.client.reload()).toMatchObject({
    changed: [],
    needRestart: expect.arrayContaining(["keyFile"]),
  });
  keys.write();
  flags = { keyFile: keys.path, tags: "rack=4" };
  await expect(a.client.reload()).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("has no key"),
  });
  expect((await a.client.self()).tags).toEqual({});
});

test.each(["accept", "prefer", "require"])(
  "with %s the log says what gossip is worth",
  async (mode) => {
    const { log, notes } = keptLog();
    await start("a", { keyFile: keyFileOf(1).path, gossipEncryption: mode }, { log });
    const isSealed = mode !== "accept";
    expect(notes[0]?.message.includes(` encrypted with key ${keyOf(1).id}, API `)).toBe(isSealed);
    const warned = notes.filter(
      ({ level, message }) =>
        level === "warn" && message.startsWith(`gossipEncryption is ${mode}: `),
    );
    expect(warned).toHaveLength(mode === "require" ? 0 : 1);
  },
);

test("a query shows which keys each member has, and no more of them", async () => {
  const keys = keyFileOf(1);
  const flags = { keyFile: keys.path, gossipEncryption: "prefer" };
  const a = await start("a", flags, { reread: () => settingsOf("a", flags) });
  const b = await start("b", { keyFile: keyFileOf(1).path, join: a.address });
  await until(a.client, "b");
  keys.write(1, 2);
  await a.client.reload();
  const { answers } = await b.client.ask({ name: "hearsay.keys", timeoutMs: 5000 });
  const [present, next] = [1, 2].map((byte) => keyOf(byte).id);
  expect(new Map(answers.map(({ member, answer }) => [member, answer]))).toEqual(
    new Map([
      ["a", `prefer ${present} ${next}`],
      ["b", `require ${present}`],
    ]),
  );
});

test("who gives up a key that others still use is warned, and tells those others apart from strangers", async () => {
  const keys = keyFileOf(2, 1);
  const { log, notes } = keptLog();
  const warnings = () => notes.filter(({ level }) => level === "warn");
  const flags = { keyFile: keys.path };
  const a = await start("a", flags, { log, reread: () => settingsOf("a", flags) });
  const b = await start("b", { keyFile: keyFileOf(1, 2).path, join: a.address });
  await until(b.client, "a");
  const [first, second] = (await a.client.self()).encryption?.keys ?? [];
  expect(first).toMatchObject({ opened: 0, openedAgoMs: null });
  expect(second?.opened).toBeGreaterThan(0);
  expect(await a.client.metrics()).toContain(
    `hearsay_gossip_encryption_info{mode="require",key="${first?.id}"} 1`,
  );
  keys.write(2);
  await a.client.reload();
  expect(warnings()[0]?.message).toMatch(
    new RegExp(`^the key ${second?.id} was given up, and a member used it \\d+ s ago: `),
  );
  await expect.poll(() => droppedBy(a.client), WITHIN).toHaveProperty("old-key");
  expect(warnings()[1]?.message).toContain("the sender missed a change of keys");
});

test("a cluster moves from one key to the next by reloads, and nobody is ever doubted", async () => {
  const keys = keyFileOf(1);
  const cluster = await threeDaemons(() => ({ keyFile: keys.path }));
  for (const next of [[1, 2], [2, 1], [2]]) {
    keys.write(...next);
    for (const client of cluster.clients()) {
      expect((await client.reload()).changed).toEqual(["keyFile"]);
      await cluster.isWhole();
    }
  }
  const d = await start("d", { keyFile: keyFileOf(2).path, join: cluster.seeds });
  await until(d.client, "c");
  expect(cluster.doubts()).toEqual([]);
  for (const client of cluster.clients()) expect(await droppedBy(client)).toEqual({});
});
