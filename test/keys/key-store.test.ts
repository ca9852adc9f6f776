import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { newKeyText } from "../../src/keys/cluster-key.ts";
import { KEYS_MAX, readKeyFile } from "../../src/keys/key-file.ts";
import { KeyStore } from "../../src/keys/key-store.ts";
import { decryptKey, encryptKey } from "../../src/keys/key-transfer.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { keyOf, keyTextOf } from "./sealed.ts";

const [ONE, TWO, THREE] = [1, 2, 3].map((byte) => keyOf(byte).id) as [string, string, string];

function storeOf(text: string) {
  const path = join(temporaryDirectory(), "keys");
  writeFileSync(path, text, { mode: 0o600 });
  const store = new KeyStore(path, "require");
  const ids = () => store.keyring.uses.map(({ id }) => id);
  return { path, store, ids, saved: () => readKeyFile(path).map(({ id }) => id) };
}

test("a rotation is in force and in the file, with comments where they were, after each step", () => {
  const { path, store, ids, saved } = storeOf(`# ours\n${keyTextOf(1)} # first\n`);
  store.install(keyTextOf(2));
  expect([ids(), saved()]).toEqual([
    [ONE, TWO],
    [ONE, TWO],
  ]);
  store.use(TWO);
  expect([ids(), saved()]).toEqual([
    [TWO, ONE],
    [TWO, ONE],
  ]);
  store.remove(ONE);
  expect([ids(), saved()]).toEqual([[TWO], [TWO]]);
  const day = new Date().toISOString().slice(0, 10);
  expect(readFileSync(path, "utf8")).toBe(`# ours\n${keyTextOf(2)}\n# gave up ${ONE} on ${day}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(dirname(path))).toEqual(["keys"]);
});

test("who uses a key that was given up is told apart from a stranger, after a restart of this node, too", () => {
  const { path, store } = storeOf(`${keyTextOf(2)}\n${keyTextOf(1)}\n`);
  store.remove(ONE);
  const { keyring } = new KeyStore(path, "require");
  expect([keyring.hasRetired(ONE), keyring.hasRetired(THREE)]).toEqual([true, false]);
});

test("nodes that share a file do each step once, and all of them hold what it says", () => {
  const { path, store, ids, saved } = storeOf(`${keyTextOf(1)}\n`);
  const other = new KeyStore(path, "require");
  for (const each of [store, other]) each.install(keyTextOf(2));
  for (const each of [store, other]) each.use(TWO);
  for (const each of [store, other]) each.remove(ONE);
  expect([ids(), other.keyring.uses.map(({ id }) => id), saved()]).toEqual([[TWO], [TWO], [TWO]]);
});

test("every step can be done again", () => {
  const { path, store } = storeOf(`${keyTextOf(1)}\n`);
  store.install(keyTextOf(2));
  store.use(TWO);
  store.remove(ONE);
  const before = readFileSync(path, "utf8");
  store.install(keyTextOf(2));
  store.use(TWO);
  store.remove(ONE);
  expect(readFileSync(path, "utf8")).toBe(before);
});

test("the key that encrypts is not given up, and one that is not held is not used", () => {
  const { store, ids } = storeOf(`${keyTextOf(1)}\n`);
  expect(() => store.remove(ONE)).toThrow(`encrypts with the key ${ONE}`);
  expect(() => store.use(TWO)).toThrow(`does not hold the key ${TWO}`);
  expect(ids()).toEqual([ONE]);
});

test("no more keys than a file may have", () => {
  const { store, ids } = storeOf(Array.from({ length: KEYS_MAX }, newKeyText).join("\n"));
  expect(() => store.install(newKeyText())).toThrow(`holds ${KEYS_MAX} keys already`);
  expect(ids()).toHaveLength(KEYS_MAX);
});

test.skipIf(process.geteuid?.() === 0)(
  "a file that cannot be replaced leaves the keys as they were",
  () => {
    const { path, store, ids, saved } = storeOf(`${keyTextOf(1)}\n`);
    chmodSync(dirname(path), 0o500);
    expect(() => store.install(keyTextOf(2))).toThrow("cannot write its key file (EACCES)");
    chmodSync(dirname(path), 0o700);
    expect([ids(), saved()]).toEqual([[ONE], [ONE]]);
  },
);

test("a file that cannot be written leaves the keys as they were, whoever runs this", () => {
  const { path, store, ids } = storeOf(`${keyTextOf(1)}\n`);
  mkdirSync(`${path}.${process.pid}.new`);
  expect(() => store.install(keyTextOf(2))).toThrow(/^cannot write its key file \(\w+\)/);
  expect(ids()).toEqual([ONE]);
});

test("a symlink to the key file stays one", () => {
  const { path } = storeOf(`${keyTextOf(1)}\n`);
  const link = join(temporaryDirectory(), "link");
  symlinkSync(path, link);
  new KeyStore(link, "require").install(keyTextOf(2));
  expect(readKeyFile(path).map(({ id }) => id)).toEqual([ONE, TWO]);
});

test("a key on its way is opened by who holds the key that it came under, and by nobody else", () => {
  const transfer = encryptKey(keyTextOf(2), keyOf(1));
  const holder = (byte: number) => (id: string) =>
    keyOf(byte).id === id ? keyOf(byte) : undefined;
  expect(decryptKey(transfer, holder(1))).toBe(keyTextOf(2));
  expect(decryptKey(transfer, holder(3))).toBeUndefined();
  expect(transfer).not.toContain(keyTextOf(2).slice(0, 12));
  expect(encryptKey(keyTextOf(2), keyOf(1))).not.toBe(transfer);
  const bytes = Buffer.from(transfer, "base64");
  for (let at = 0; at < bytes.length; at++) {
    const forged = Buffer.from(bytes);
    forged[at] = (forged[at] ?? 0) ^ 1;
    expect(decryptKey(forged.toString("base64"), () => keyOf(1))).toBeUndefined();
  }
  expect(decryptKey("", holder(1))).toBeUndefined();
});
