import { execFileSync } from "node:child_process";
import { hkdfSync } from "node:crypto";
import { mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { ClusterKey, newKeyText, parseKey } from "../../src/keys/cluster-key.ts";
import { createKeyFile, KEYS_MAX, readKeyFile } from "../../src/keys/key-file.ts";
import { refusalOf, secretFile } from "../secret-files.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const KEY = Buffer.alloc(32, 1).toString("base64");
const NO_SECRET = new RegExp(KEY.slice(0, 8));
const OTHER = Buffer.alloc(32, 2).toString("base64");

afterEach(() => {
  vi.restoreAllMocks();
});

/** Why that key file is refused. */
const refusal = (path: string) => refusalOf(() => readKeyFile(path), NO_SECRET, path);

function idsOf(text: string): string[] {
  return readKeyFile(secretFile(text)).map(({ id }) => id);
}

test("a new key file is its owner's alone, and holds one key", () => {
  const path = join(temporaryDirectory(), "keys");
  createKeyFile(path);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readKeyFile(path)).toHaveLength(1);
});

test("an umask that would take the owner's rights does not open it to others", () => {
  const before = process.umask(0);
  const path = join(temporaryDirectory(), "keys");
  try {
    createKeyFile(path);
  } finally {
    process.umask(before);
  }
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that is there is not replaced, nor what a symlink of that name points at", () => {
  const path = secretFile(KEY);
  const link = `${path}-link`;
  symlinkSync(`${path}-new`, link);
  for (const each of [path, link]) {
    expect(() => createKeyFile(each)).toThrow(
      /^keygen: .* exists, and what is in it may be in use; /,
    );
  }
  expect(readFileSync(path, "utf8")).toBe(KEY);
});

test("keys come in the order of their lines, past comments, blank lines and carriage returns", () => {
  const [first, second] = [parseKey(KEY)?.id, parseKey(OTHER)?.id];
  expect(idsOf(`# two\n\n${KEY} # now\r\n  ${OTHER}\n`)).toEqual([first, second]);
  expect(idsOf(`${OTHER}\n${KEY}`)).toEqual([second, first]);
});

test("a symlink to a key file is followed: that is how some orchestrators give secrets", () => {
  const path = secretFile(KEY);
  symlinkSync(path, `${path}-link`);
  expect(readKeyFile(`${path}-link`)).toHaveLength(1);
});

describe("a file that cannot be trusted is refused in one line without a word of its text", () => {
  test.each([0o640, 0o604, 0o620, 0o602, 0o601, 0o610, 0o777])("mode %o", (mode) => {
    const shown = mode.toString(8).padStart(4, "0");
    expect(refusal(secretFile(KEY, mode))).toBe(
      `keyFile: FILE has mode ${shown}, which lets other users at the keys; run chmod 600 FILE`,
    );
  });

  test.skipIf(process.geteuid?.() !== 0)("root's, and its group's to read: handed over", () => {
    expect(readKeyFile(secretFile(KEY, 0o440))).toHaveLength(1);
    expect(refusal(secretFile(KEY, 0o444))).toContain("mode 0444");
  });

  test.each([0o600, 0o400, 0o700])("mode %o is its owner's alone", (mode) => {
    expect(readKeyFile(secretFile(KEY, mode))).toHaveLength(1);
  });

  test("the file of another user, unless that is root", () => {
    const path = secretFile(KEY);
    const { uid } = statSync(path);
    vi.spyOn(process, "geteuid").mockReturnValue(uid + 4711);
    if (uid === 0) expect(readKeyFile(path)).toHaveLength(1);
    else expect(refusal(path)).toContain(`belongs to user ${uid}; make it belong to user`);
  });

  test.skipIf(process.geteuid?.() !== 0)("the file of a user, read by root", () => {
    const path = secretFile(KEY);
    execFileSync("chown", ["4711", path]);
    expect(refusal(path)).toBe(
      "keyFile: FILE belongs to user 4711; make it belong to user 0, who runs this, or to root",
    );
  });

  test("no file, a directory, a pipe that nobody writes to, a huge file", () => {
    const directory = temporaryDirectory();
    const [missing, folder, pipe] = ["missing", "folder", "pipe"].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    mkdirSync(folder);
    execFileSync("mkfifo", ["-m", "600", pipe]);
    expect(refusal(missing)).toContain("cannot be read (ENOENT");
    expect(refusal(folder)).toContain("is not a file");
    expect(refusal(pipe)).toContain("is not a file");
    expect(refusal(secretFile("#".repeat(65_537)))).toContain("has 65537 bytes");
  });

  const SECRET = "c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHNlY3I";
  test.each([
    ["one character too short", SECRET],
    ["31 bytes", Buffer.alloc(31, 7).toString("base64")],
    ["33 bytes", Buffer.alloc(33, 7).toString("base64")],
    ["the URL alphabet", Buffer.alloc(32, 255).toString("base64url")],
    ["last bits that are no part of the 32 bytes", `${SECRET.slice(0, -1)}J=`],
    ["two words", `${KEY} ${KEY}`],
    ["hexadecimal", "ab".repeat(32)],
  ])("a line of %s", (_, line) => {
    const told = refusal(secretFile(`${KEY}\n${line}\n`));
    expect(told).toMatch(/^keyFile: FILE has no key in line 2; a key is the base64 of 32 bytes/);
    expect(told).not.toContain(line.slice(0, 8));
  });

  test("no key, the same key twice, too many keys", () => {
    expect(refusal(secretFile("# none\n"))).toBe(
      "keyFile: FILE has no key; add one with hearsay keygen",
    );
    expect(refusal(secretFile(`${KEY}\n${OTHER}\n${KEY}\n`))).toContain(
      "has the key of line 1 again in line 3",
    );
    const many = Array.from({ length: KEYS_MAX + 1 }, newKeyText);
    expect(refusal(secretFile(many.join("\n")))).toContain(`has ${KEYS_MAX + 1} keys`);
    expect(readKeyFile(secretFile(many.slice(1).join("\n")))).toHaveLength(KEYS_MAX);
  });
});

test("whatever a file holds, its refusal is one line without a piece of it", () => {
  const line = fc.oneof(fc.string(), fc.base64String(), fc.constant(KEY));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const path = secretFile(lines.join("\n"));
      try {
        readKeyFile(path);
      } catch (error) {
        const told = (error as Error).message.replaceAll(path, "FILE");
        expect(error).toBeInstanceOf(ConfigError);
        expect(told).not.toContain("\n");
        for (const each of lines.filter(({ length }) => length > 24)) {
          expect(told).not.toContain(each);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("derived keys are those of HKDF with SHA-256, and differ by purpose and context", () => {
  const secret = Buffer.alloc(32, 9);
  const key = new ClusterKey(secret);
  const context = Uint8Array.of(1, 2, 3);
  const byNode = (info: Uint8Array) =>
    Buffer.from(hkdfSync("sha256", secret, "hearsay 1", info, 32));
  const datagram = key.derive("datagram", context);
  expect(datagram).toEqual(byNode(Buffer.from("hearsay datagram\x01\x02\x03", "latin1")));
  expect(key.id).toBe(byNode(Buffer.from("hearsay key id")).toString("hex", 0, 4));
  expect(key.derive("hello", context)).not.toEqual(datagram);
  expect(key.derive("datagram", Uint8Array.of(1, 2, 4))).not.toEqual(datagram);
});
