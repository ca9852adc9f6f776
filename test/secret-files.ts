import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { ConfigError } from "../src/core/errors.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A file of its own with that text, its owner's alone unless said otherwise. */
export function secretFile(text: string, mode = 0o600): string {
  const path = join(temporaryDirectory(), "secret");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** Why what is read is refused: one line without a `secret`, with FILE for each of these paths. */
export function refusalOf(read: () => unknown, secret: RegExp, ...paths: string[]): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as ConfigError;
    expect(message).not.toContain("\n");
    expect(message).not.toMatch(secret);
    return paths.reduce((text, path) => text.replaceAll(path, "FILE"), message);
  }
  return expect.unreachable("it was accepted");
}
