import { expect, test } from "vitest";
import { ignoredSettings, keyOptions } from "../../src/local/launch-environment.ts";

test("daemons of up get the keys of its environment", () => {
  const env = { HEARSAY_KEY_FILE: "k", HEARSAY_GOSSIP_ENCRYPTION: "prefer", HEARSAY_NAME: "x" };
  expect(keyOptions(env)).toEqual(["--key-file", "k", "--gossip-encryption", "prefer"]);
  expect(keyOptions({ HEARSAY_KEY_FILE: "" })).toEqual([]);
});

test("what is ignored is told, and nothing else", () => {
  const env = {
    HEARSAY_KEY_FILE: "k",
    HEARSAY_NAME: "x",
    HEARSAY_ATTACH: "y",
    HEARSAY_CONFIG: "z",
  };
  expect(ignoredSettings("up", env)).toBe(
    "hearsay up ignores HEARSAY_NAME and HEARSAY_CONFIG, which hearsay start would use.",
  );
  expect(ignoredSettings("demo", { HEARSAY_KEY_FILE: "k" })).toBe(
    "hearsay demo ignores HEARSAY_KEY_FILE, which hearsay start would use.",
  );
  expect(ignoredSettings("up", { HEARSAY_KEY_FILE: "k", PATH: "p" })).toBeUndefined();
});
