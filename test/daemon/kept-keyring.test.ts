import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openKeyStore } from "../../src/daemon/storage/kept-keyring.ts";
import type { KeyStore } from "../../src/keys/key-store.ts";
import { keyOf, keyTextOf } from "../keys/sealed.ts";
import { refusalOf } from "../secret-files.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { settingsOf } from "./started-daemon.ts";

const [ONE, TWO] = [keyOf(1).id, keyOf(2).id] as const;

/** A node's data directory and key file, and what a start with them gives. */
function place() {
  const dataDir = temporaryDirectory();
  const keyFile = join(temporaryDirectory(), "key");
  writeFileSync(keyFile, `${keyTextOf(1)}\n`, { mode: 0o600 });
  const warnings: string[] = [];
  const open = (flags: Readonly<Record<string, string>>) => {
    const settings = settingsOf("a", { dataDir, ...flags });
    return openKeyStore(settings, dataDir, (warning) => void warnings.push(warning));
  };
  return { keyring: join(dataDir, "keyring"), keyFile, warnings, open };
}

const idsOf = (store: KeyStore | undefined) => store?.keyring.uses.map(({ id }) => id);

test("a start with the data directory alone has the keys of the last run, as changed while it ran", () => {
  const { keyring, keyFile, open } = place();
  const store = open({ keyFile });
  store?.install(keyTextOf(2));
  store?.use(TWO);
  store?.remove(ONE);
  const again = open({});
  expect(idsOf(again)).toEqual([TWO]);
  expect(again?.keyring.hasRetired(ONE)).toBe(true);
  expect(statSync(keyring).mode & 0o777).toBe(0o600);
  again?.install(keyTextOf(3));
  expect(idsOf(open({}))).toEqual([TWO, keyOf(3).id]);
});

test("without either there is no key, and no keyring is made", () => {
  const { open } = place();
  expect(open({})).toBeUndefined();
  expect(open({})).toBeUndefined();
});

test("a node whose keys are in its data directory may leave loopback", () => {
  const { keyFile, open } = place();
  const far = { bind: "10.0.0.1:7946" };
  expect(() => open(far)).toThrow("bind: 10.0.0.1 is not a loopback address");
  open({ keyFile });
  expect(idsOf(open(far))).toEqual([ONE]);
});

test("the key file comes first, and the keyring follows it", () => {
  const { keyFile, warnings, open } = place();
  open({ keyFile });
  writeFileSync(keyFile, `${keyTextOf(2)}\n${keyTextOf(1)}\n`, { mode: 0o600 });
  expect(idsOf(open({ keyFile }))).toEqual([TWO, ONE]);
  expect(idsOf(open({}))).toEqual([TWO, ONE]);
  expect(warnings).toEqual([]);
});

test("a key file from before a rotation is warned of, and the keyring stays", () => {
  const { keyFile, warnings, open } = place();
  const store = open({ keyFile });
  store?.install(keyTextOf(2));
  store?.use(TWO);
  store?.remove(ONE);
  writeFileSync(keyFile, `${keyTextOf(1)}\n`, { mode: 0o600 });
  expect(idsOf(open({ keyFile }))).toEqual([ONE]);
  expect(warnings).toEqual([
    expect.stringContaining(`begins with the key ${ONE}, which was given up`),
  ]);
  expect(idsOf(open({}))).toEqual([TWO]);
});

const DAMAGED =
  /^dataDir: .*keyring was damaged, or was not written by hearsay; start this node once with/;

test.each([
  ["torn within a key", (whole: Buffer) => whole.subarray(0, -9), DAMAGED],
  [
    "torn within a second key",
    (whole: Buffer) => Buffer.concat([whole, Buffer.from("AgIC")]),
    DAMAGED,
  ],
  ["torn before the first key", (whole: Buffer) => whole.subarray(0, 40), DAMAGED],
  ["empty", () => Buffer.alloc(0), DAMAGED],
  ["filled with zeros", (whole: Buffer) => Buffer.alloc(whole.length), DAMAGED],
  ["a key file that somebody put there", () => Buffer.from(`${keyTextOf(2)}\n`), DAMAGED],
  [
    "of a newer hearsay",
    (whole: Buffer) => edited(whole, "keyring 1", "keyring 2"),
    /is of a newer hearsay \(version 2\)/,
  ],
  [
    "of another cluster",
    (whole: Buffer) => edited(whole, "hearsay\n", "other\n"),
    /holds keys of the cluster other, not of hearsay/,
  ],
])(
  "a keyring that is %s: no start without keys; with a key file it is written anew",
  (_, damage, told) => {
    const { keyring, keyFile, warnings, open } = place();
    open({ keyFile });
    writeFileSync(keyring, damage(readFileSync(keyring)));
    expect(refusalOf(() => open({}), /AQEB|AgIC/)).toMatch(told);
    expect(idsOf(open({ keyFile }))).toEqual([ONE]);
    expect(warnings).toEqual([expect.stringContaining("it is written anew from the key file")]);
    expect(idsOf(open({}))).toEqual([ONE]);
  },
);

test("a keyring that others can read is refused, and made its owner's alone where there is a key file", () => {
  const { keyring, keyFile, open } = place();
  open({ keyFile });
  chmodSync(keyring, 0o644);
  expect(refusalOf(() => open({}), /AQEB|AgIC/)).toContain(
    "has mode 0644, which lets other users at the keys; run chmod 600",
  );
  open({ keyFile });
  expect(statSync(keyring).mode & 0o777).toBe(0o600);
});

function edited(whole: Buffer, from: string, to: string): Buffer {
  const text = whole.toString();
  expect(text).toContain(from);
  return Buffer.from(text.replace(from, to));
}
