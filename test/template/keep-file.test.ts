import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { keepFile } from "../../src/template/keep-file.ts";
import { openApi } from "../control/api.ts";
import { FakeNode } from "../control/fake-node.ts";
import { directoryOfFile } from "../temporary-directory.ts";

const folder = directoryOfFile();

test("nothing is written, and no command run, before the node knows its whole cluster", async () => {
  const node = new FakeNode();
  node.notYet = "joining";
  const { client } = await openApi(node);
  const asked = vi.spyOn(client, "services");
  const [template, out, ran] = ["in", "out", "ran"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(template, "{{ services.size }}");
  const job = { template, out, exec: `echo yes > ${ran}`, debounce: 0, once: true };
  const done = keepFile(
    { client, say: () => undefined, signal: new AbortController().signal },
    job,
  );
  await vi.waitUntil(
    () => asked.mock.settledResults.some(({ type }) => type === "rejected"),
    20_000,
  );
  expect([existsSync(out), existsSync(ran)]).toEqual([false, false]);
  node.notYet = null;
  node.directory.accept({ kind: "readiness-changed", notYet: null, forMs: 0 });
  await done;
  expect([readFileSync(out, "utf8"), existsSync(ran)]).toEqual(["1", true]);
});
