import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createKeyFile, readKeyFile } from "../../src/keys/key-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { start, until } from "./started-daemon.ts";

/** Members a, b and c with copies of one key file. */
async function threeMembers() {
  const directory = temporaryDirectory();
  const paths = ["a", "b", "c"].map((name) => join(directory, name));
  const [first = ""] = paths;
  createKeyFile(first);
  for (const path of paths.slice(1)) writeFileSync(path, readFileSync(first), { mode: 0o600 });
  const a = await start("a", { keyFile: first });
  const others = { join: a.address };
  const b = await start("b", { ...others, keyFile: paths[1] });
  const c = await start("c", { ...others, keyFile: paths[2] });
  for (const { client } of [a, b, c]) for (const name of ["a", "b", "c"]) await until(client, name);
  const ids = () => paths.map((path) => readKeyFile(path).map(({ id }) => id));
  const [old = ""] = ids()[0] ?? [];
  return { a, b, c, paths, ids, old };
}

test("a cluster gets a new key, uses it, and gives the old one up, by gossip alone", async () => {
  const { a, b, ids, old, paths } = await threeMembers();
  const { id, ...installed } = await a.client.installKey();
  expect(installed).toEqual({ v: 1, done: ["a", "b", "c"], failed: [], silent: [] });
  expect(ids()).toEqual([
    [old, id],
    [old, id],
    [old, id],
  ]);
  expect((await b.client.switchKey(id)).done).toEqual(["a", "b", "c"]);
  expect(await b.client.keys()).toMatchObject({
    members: ["a", "b", "c"].map((member) => ({ member, encryption: "require", keys: [id, old] })),
    silent: [],
  });
  expect((await a.client.removeKey(old)).done).toEqual(["a", "b", "c"]);
  expect(ids()).toEqual([[id], [id], [id]]);
  const { members } = await a.client.members();
  expect(members.map(({ state }) => state)).toEqual(["alive", "alive", "alive"]);
  // What travelled is shown in event streams: it is not the key.
  const events: unknown[] = [];
  for await (const item of b.client.events({ since: 0, follow: false })) events.push(item);
  const secret = readFileSync(paths[0] ?? "", "utf8")
    .split("\n")
    .find((line) => line.length === 44);
  expect(JSON.stringify(events)).toContain("hearsay.keys.install");
  expect(JSON.stringify(events)).not.toContain(secret);
});

test("no step is done by which a member would be lost", async () => {
  const { a, c, ids, old } = await threeMembers();
  const before = ids();
  await expect(a.client.removeKey(old)).rejects.toThrow(
    `keys remove: nothing was changed, because the key ${old} encrypts at a, b, c; hearsay keys use another one first`,
  );
  await expect(a.client.switchKey("00000000")).rejects.toThrow("no member holds the key 00000000");
  const { id } = await a.client.installKey();
  await c.client.removeKey(id);
  expect(ids()).toEqual(before);
  await expect(a.client.switchKey("xyz")).rejects.toMatchObject({ status: 400 });
});

test("a member without the key is named, and what gives it the key", async () => {
  const { a, b, paths, old } = await threeMembers();
  const { id } = await a.client.installKey();
  const [, , third = ""] = paths;
  const without = readFileSync(third, "utf8")
    .split("\n")
    .filter((line) => line.length !== 44);
  const oldText = readFileSync(third, "utf8")
    .split("\n")
    .find((line) => line.length === 44);
  writeFileSync(third, [...without, oldText].join("\n"), { mode: 0o600 });
  const again = await start("d", { keyFile: third, join: a.address });
  await until(b.client, "d");
  await expect(b.client.switchKey(id)).rejects.toThrow(
    `keys use: nothing was changed, because the key ${id} is not held by d; hearsay keys install ${id} gives it to them`,
  );
  expect((await b.client.installKey(id)).done).toEqual(["a", "b", "c", "d"]);
  expect((await again.client.switchKey(id)).done).toHaveLength(4);
  expect(old).not.toBe(id);
});

test("where there are no keys, none can be changed", async () => {
  const { client } = await start("a");
  expect((await client.keys()).members).toEqual([{ member: "a", encryption: null, keys: [] }]);
  await expect(client.installKey()).rejects.toThrow(
    "keys install: this node has no key; start the nodes with --key-file first",
  );
});
