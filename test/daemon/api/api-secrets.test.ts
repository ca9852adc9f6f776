import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readApiSecrets } from "../../../src/daemon/api/api-secrets.ts";
import { createTokenFile, readTokenFile } from "../../../src/keys/token-file.ts";
import { lacksOpenssl, makeCertificate } from "../../certificates.ts";
import { refusalOf, secretFile } from "../../secret-files.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const NONE = { apiTokenFile: null, apiReadTokenFile: null, apiCert: null, apiKey: null };
const TOKEN = "a-token-that-is-secret";
const DAY_MS = 24 * 3600 * 1000;

const refusal = (read: () => unknown, ...paths: string[]) =>
  refusalOf(read, /secret-word|BEGIN EC/, ...paths);

test("a token file that keygen makes is read; it holds nothing but the token", () => {
  const path = join(temporaryDirectory(), "token");
  createTokenFile(path);
  expect(readTokenFile("apiTokenFile", path)).toEqual([expect.stringMatching(/^[\w+/]{43}=$/)]);
});

test("a token file has a token a line, and comments", () => {
  const path = secretFile(`# now\n${TOKEN}\n\nanother-token-of-it # next\n`);
  expect(readTokenFile("apiTokenFile", path)).toEqual([TOKEN, "another-token-of-it"]);
});

test.each([
  [
    "world-readable",
    TOKEN,
    0o644,
    "has mode 0644, which lets other users at the token; run chmod 600 FILE",
  ],
  [
    "empty",
    "# nothing\n",
    0o600,
    "has no token; name the file of a token, which hearsay keygen --token makes",
  ],
  [
    "short",
    "secret-word\n",
    0o600,
    "has no token in line 1; a token is 16 to 512 characters of A-Z a-z 0-9 . _ ~ + / - =",
  ],
  [
    "several words",
    "secret-word secret-word\n",
    0o600,
    "has no token in line 1; a token is 16 to 512 characters of A-Z a-z 0-9 . _ ~ + / - =",
  ],
])("a token file that is %s is refused", (_what, text, mode, message) => {
  const path = secretFile(text, mode);
  const read = () => readApiSecrets({ ...NONE, apiTokenFile: path });
  expect(refusal(read, path)).toBe(`apiTokenFile: FILE ${message}`);
});

test("a missing token file is refused", () => {
  expect(refusal(() => readApiSecrets({ ...NONE, apiTokenFile: "/nowhere" }))).toMatch(
    /^apiTokenFile: \/nowhere cannot be read \(ENOENT.*; name the file of a token/,
  );
});

test("one token cannot be for reading alone and for everything", () => {
  const [full, read] = [secretFile(TOKEN), secretFile(`other-token-of-it\n${TOKEN}`)];
  const files = { ...NONE, apiTokenFile: full, apiReadTokenFile: read };
  expect(refusal(() => readApiSecrets(files), read)).toMatch(
    /^apiReadTokenFile: FILE contains a token that is also in apiTokenFile/,
  );
});

describe.skipIf(lacksOpenssl)("certificates, where openssl can make them,", () => {
  test("give the names of the node", () => {
    const { cert, key } = makeCertificate(temporaryDirectory());
    const { tls } = readApiSecrets({ ...NONE, apiCert: cert, apiKey: key });
    expect(tls).toMatchObject({ names: ["127.0.0.1", "node.test"], warning: undefined });
  });

  test("that have expired are refused, those that soon will are told of", () => {
    const { cert, key } = makeCertificate(temporaryDirectory());
    const files = { ...NONE, apiCert: cert, apiKey: key };
    const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);
    expect(refusal(() => readApiSecrets(files, inDays(31)), cert)).toMatch(
      /^apiCert: FILE expired on \d{4}-\d\d-\d\d \(it is .* here\); put a new one in its place$/,
    );
    expect(readApiSecrets(files, inDays(20)).tls?.warning).toMatch(/expires on .* hearsay reload$/);
    expect(readApiSecrets(files, inDays(-2)).tls?.warning).toMatch(/is valid from .* clock right/);
  });

  test("with the key of another, without one, or that are none are refused", () => {
    const directory = temporaryDirectory();
    const [one, other] = [makeCertificate(directory, "a"), makeCertificate(directory, "b")];
    const noKey = secretFile("secret-word");
    const read = (apiCert: string, apiKey: string) => () =>
      readApiSecrets({ ...NONE, apiCert, apiKey });
    expect(refusal(read(one.cert, other.key), one.cert)).toBe(
      `apiKey: ${other.key} is not the key of the certificate FILE; name the private key of the certificate`,
    );
    expect(refusal(read(one.cert, noKey), noKey)).toMatch(
      /^apiKey: FILE is not a private key in PEM without a passphrase; /,
    );
    expect(refusal(read(noKey, one.key), noKey)).toMatch(/^apiCert: FILE is not a certificate/);
    expect(refusal(read("/nowhere", one.key))).toMatch(/^apiCert: \/nowhere cannot be read/);
    chmodSync(one.key, 0o640);
    expect(refusal(read(one.cert, one.key), one.key)).toBe(
      "apiKey: FILE has mode 0640, which lets other users at the private key; run chmod 600 FILE",
    );
  });
});
