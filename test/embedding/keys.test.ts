import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { createNode, type NodeOptions } from "../../src/index.ts";
import { createKeyFile } from "../../src/keys/key-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const WITHIN = { timeout: 10_000, interval: 10 };

async function embed(options: NodeOptions) {
  const node = await createNode({ profile: "local", ...options });
  onTestFinished(() => node.close());
  return node;
}

test("nodes inside programs share a key file; one without it is not heard", async () => {
  const keyFile = join(temporaryDirectory(), "keys");
  createKeyFile(keyFile);
  const warnings: string[] = [];
  const onWarning = (warning: string) => void warnings.push(warning);
  const a = await embed({ name: "a", keyFile, onWarning });
  const b = await embed({ name: "b", keyFile, join: [a.address] });
  await vi.waitUntil(async () => (await b.members()).length === 2, WITHIN);
  expect(warnings).toEqual([]);
  await embed({ name: "c", join: [a.address] });
  await vi.waitUntil(() => warnings.length > 0, WITHIN);
  expect(warnings).toEqual([expect.stringContaining("a datagram that is not encrypted")]);
  expect((await a.members()).map(({ name }) => name).sort()).toEqual(["a", "b"]);
});

test("a setting of keys that cannot be used is an error that names it", async () => {
  await expect(createNode({ gossipEncryption: "prefer" })).rejects.toThrow(/^gossipEncryption: /);
  await expect(createNode({ keyFile: "none" })).rejects.toThrow(/^keyFile: none cannot be read/);
});
