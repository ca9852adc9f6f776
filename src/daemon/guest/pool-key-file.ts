import { ConfigError } from "../../core/errors.ts";
import { readSecretFile } from "../../keys/secret-file.ts";
import { PoolKeyring } from "../../pool/wire/pool-keyring.ts";

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;

/**
 * The keys of another engine's pool: base64, one a line, or Serf's and Consul's keyring file (a JSON
 * list). The first one seals, all open.
 *
 * @throws ConfigError of one line that says nothing of the keys themselves
 */
export function readPoolKeys(path: string): PoolKeyring {
  const remedy = "name a file that this user may read";
  const file = { setting: "keyFile", path, content: "the keys", remedy };
  const text = readSecretFile(file).trim();
  const words = text.startsWith("[") ? jsonWords(path, text) : lineWords(text);
  if (words.length === 0) throw refusal(path, "has no key");
  const keys = words.map((word, at) => {
    const bytes = BASE64.test(word) ? Buffer.from(word, "base64") : Buffer.alloc(0);
    if (![16, 24, 32].includes(bytes.length))
      throw refusal(path, `has no key as its entry ${at + 1}`);
    return Uint8Array.from(bytes);
  });
  return new PoolKeyring(keys);
}

function lineWords(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/#.*$/, "").trim())
    .filter((word) => word !== "");
}

function jsonWords(path: string, text: string): string[] {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === "string")) return words;
  } catch {
    // Told below, without the text: it holds keys.
  }
  throw refusal(path, "begins as a JSON list and is not one of strings");
}

function refusal(path: string, what: string): ConfigError {
  return new ConfigError(
    `keyFile: ${path} ${what}; a pool's keys are the base64 of 16, 24 or 32 bytes, one a line or as a JSON list`,
  );
}
