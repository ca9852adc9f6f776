import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startDaemon } from "../../src/daemon/daemon.ts";
import type { SettingsInput } from "../../src/daemon/settings.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { isAlive, settingsOf, start, until } from "./started-daemon.ts";

test("ready carries the bound addresses", async () => {
  const { daemon, client } = await start("a");
  expect(daemon.ready).toMatchObject({
    name: "a",
    address: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d+$/),
    pid: process.pid,
  });
  expect(await client.self()).toMatchObject({
    address: daemon.ready.address,
    api: daemon.ready.api,
    startId: daemon.ready.startId,
  });
});

test("two nodes find each other, and each learns the other's API address, tags and services", async () => {
  const a = await start("a", { tags: "rack=3", services: "web:8080" });
  const b = await start("b", { join: a.address });
  const seen = await until(b.client, "a");
  expect(seen).toMatchObject({
    api: a.daemon.ready.api,
    tags: { rack: "3" },
    services: [{ name: "web", port: 8080 }],
  });
  await until(a.client, "b");
});

test("nodes that are joined through the API find each other", async () => {
  const a = await start("a");
  const b = await start("b");
  expect(await b.client.join([a.address])).toEqual({ v: 1, dialled: [a.address] });
  await until(a.client, "b");
});

test("a goodbye is answered, seen as left by the others, and ends the daemon with 0", async () => {
  const a = await start("a");
  const b = await start("b", { join: a.address });
  await until(a.client, "b");
  expect(await b.client.leave()).toEqual({ v: 1, told: 1, acked: 1 });
  await until(a.client, "b", (member) => member.state === "left");
  expect(await b.daemon.done).toEqual({ exitCode: 0, reason: "left the cluster" });
});

test("of two nodes with one name the one that the cluster does not hold ends with 2 and names both addresses", async () => {
  const a = await start("a");
  const b = await start("b", { join: a.address });
  await until(b.client, "a");
  // Which of the two start ids is the smaller is chance, within one second, and does not matter.
  const second = await start("a", { join: b.address });
  const { exitCode, reason } = await second.daemon.done;
  expect(exitCode).toBe(2);
  expect(reason).toContain(`name: a is taken by ${a.address} (this one is ${second.address})`);
  await until(b.client, "a", (member) => isAlive(member) && member.address === a.address);
});

test("a node of another profile ends with 2 and names both profiles", async () => {
  const a = await start("a");
  const b = await start("b", { join: a.address, profile: "lan" });
  expect(await b.daemon.done).toEqual({
    exitCode: 2,
    reason: `profile: lan is not that of the cluster at ${a.address}, which runs local; start with --profile local`,
  });
});

test("datagrams of another cluster are dropped and counted, and the two stay apart", async () => {
  const a = await start("a");
  const b = await start("b", { join: a.address, cluster: "other" });
  await expect
    .poll(async () => (await a.client.self()).traffic.dropped.label, { timeout: 10_000 })
    .toBeGreaterThan(0);
  expect((await b.client.members()).members.map(({ name }) => name)).toEqual(["b"]);
});

test("a reload puts tags and services in force everywhere, and names what needs a restart", async () => {
  let flags: SettingsInput["flags"] = { tags: "rack=3" };
  const a = await start("a", flags, { reread: () => settingsOf("a", flags) });
  const b = await start("b", { join: a.address });
  await until(b.client, "a");
  flags = { tags: "rack=4", services: "web:80", graceMs: 900 };
  expect(await a.client.reload()).toEqual({
    v: 1,
    changed: ["tags", "services"],
    needRestart: ["graceMs"],
  });
  expect(await until(b.client, "a", (member) => member.tags.rack === "4")).toMatchObject({
    services: [{ name: "web", port: 80 }],
  });
});

test("a reload with bad settings is refused and changes nothing", async () => {
  const a = await start(
    "a",
    { tags: "rack=3" },
    { reread: () => settingsOf("a", { graceMs: -1 }) },
  );
  await expect(a.client.reload()).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("graceMs: -1"),
  });
  expect((await a.client.self()).tags).toEqual({ rack: "3" });
});

test("what a reload could not put in force is put in force by the next one that can", async () => {
  let flags: SettingsInput["flags"] = {};
  const a = await start("a", flags, { reread: () => settingsOf("a", flags) });
  await a.client.register("big", { port: 1, meta: { note: "x".repeat(430) } });
  flags = { tags: `note=${"y".repeat(100)}` };
  await expect(a.client.reload()).rejects.toMatchObject({ status: 400 });
  await a.client.withdraw("big");
  expect(await a.client.reload()).toMatchObject({ changed: ["tags"] });
  expect((await a.client.self()).tags).toEqual({ note: "y".repeat(100) });
});

test("a service of the settings that was withdrawn comes back with a reload", async () => {
  const flags = { services: "web:80" };
  const a = await start("a", flags, { reread: () => settingsOf("a", flags) });
  await a.client.withdraw("web");
  expect((await a.client.self()).services).toEqual([]);
  await a.client.reload();
  expect((await a.client.self()).services).toMatchObject([{ name: "web" }]);
});

test("the first signal says goodbye, a second one ends at once", async () => {
  const signals = new EventEmitter() as NodeJS.Process;
  const a = await start("a", {}, { signals });
  signals.emit("SIGTERM", "SIGTERM");
  signals.emit("SIGINT", "SIGINT");
  expect(await a.daemon.done).toEqual({
    exitCode: 1,
    reason: "ended by a second signal before it had said goodbye",
  });
});

test("a stopped daemon listens to no signal any more", async () => {
  const signals = new EventEmitter() as NodeJS.Process;
  const a = await start("a", {}, { signals });
  signals.emit("SIGTERM", "SIGTERM");
  expect(await a.daemon.done).toMatchObject({ exitCode: 0 });
  expect(signals.eventNames()).toEqual([]);
});

test("a data directory keeps the incarnation over restarts and admits one daemon at a time", async () => {
  const dataDir = temporaryDirectory();
  const first = await start("a", { dataDir });
  await expect(startDaemon(settingsOf("b", { dataDir }))).rejects.toThrow(
    /^dataDir: .* is in use by another hearsay daemon/,
  );
  const before = (await first.client.self()).incarnation;
  await first.client.leave();
  await first.daemon.done;
  const saved = JSON.parse(readFileSync(join(dataDir, "incarnation.json"), "utf8")) as {
    incarnation: number;
  };
  expect(saved.incarnation).toBeGreaterThan(before);
  const second = await start("a", { dataDir });
  expect((await second.client.self()).incarnation).toBeGreaterThan(saved.incarnation);
  await second.daemon.stop();
});

test.each([
  [
    "gossip port",
    "bind",
    /^bind: 127\.0\.0\.1:\d+ cannot be used: another process has that UDP port/,
  ],
  ["API port", "api", /^api: 127\.0\.0\.1:\d+ is in use by another process/],
] as const)(
  "a %s in use is one line, and everything taken before is given back",
  async (_what, key, message) => {
    const a = await start("a");
    const taken = key === "bind" ? a.daemon.ready.address : a.daemon.ready.api;
    const dataDir = temporaryDirectory();
    await expect(startDaemon(settingsOf("b", { dataDir, [key]: taken }))).rejects.toThrow(message);
    await (await start("b", { dataDir })).daemon.stop();
  },
);

test("an API on loopback is kept to this machine where gossip leaves it", async () => {
  const { daemon, client } = await start("a", { advertise: "10.9.8.7" });
  expect(daemon.node.snapshot().self.api).toBeNull();
  expect((await client.members()).members[0]?.api).toBe(daemon.ready.api);
  expect((await client.self()).api).toBe(daemon.ready.api);
});

test("a host name of the settings is let in, and no other", async () => {
  const { daemon } = await start("a", { apiHost: "hearsay" });
  const statusFor = async (host: string): Promise<number | undefined> => {
    const sent = request(`${daemon.ready.apiUrl}/v1/self`, { headers: { host } }).end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    response.resume();
    return response.statusCode;
  };
  expect(await Promise.all(["hearsay:7373", "other"].map(statusFor))).toEqual([200, 403]);
});

test("a host in join that does not exist yet ends no start", async () => {
  const a = await start("a", { join: "no-such-host.invalid:1" });
  const b = await start("b", { join: `no-such-host.invalid:1,${a.daemon.ready.address}` });
  await until(b.client, "a");
});

test("a member that knows its data directory alone finds its peers again, at an address of its own", async () => {
  const dataDir = temporaryDirectory();
  const a = await start("a");
  const first = await start("b", { dataDir, join: a.address });
  await until(a.client, "b");
  await until(first.client, "a");
  await first.daemon.stop();
  const second = await start("b", { dataDir });
  expect(second.daemon.ready.address).not.toBe(first.daemon.ready.address);
  await until(second.client, "a");
  await second.daemon.stop();
});

test("a running node refuses to join addresses that it can never reach", async () => {
  const { client } = await start("a");
  await expect(client.join(["192.0.2.5:7946"])).rejects.toMatchObject({
    status: 400,
    message: expect.stringMatching(/^join: 192\.0\.2\.5:7946 is on another machine/),
  });
});
