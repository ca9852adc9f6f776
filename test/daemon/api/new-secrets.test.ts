import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type ControlClientOptions, connectControl } from "../../../src/control/client.ts";
import { startDaemon } from "../../../src/daemon/daemon.ts";
import { lacksOpenssl, makeCertificate } from "../../certificates.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";
import { settingsOf } from "../started-daemon.ts";

/** A daemon that reads its files anew on demand, and what a client with these credentials is answered. */
async function daemonWith(files: Readonly<Record<string, string>>) {
  const settings = settingsOf("a", files);
  const daemon = await startDaemon(settings, { reread: () => settings });
  onTestFinished(() => daemon.stop());
  const clientWith = (options: ControlClientOptions) => {
    const client = connectControl(daemon.ready.apiUrl ?? "", options);
    onTestFinished(() => client.close());
    return client;
  };
  return { daemon, settings, clientWith };
}

test("tokens that were put into the files are in force after a reload, and those taken out are not", async () => {
  const directory = temporaryDirectory();
  const [apiTokenFile, apiReadTokenFile] = [join(directory, "full"), join(directory, "read")];
  const [FULL, READ, NEXT, NEXT_READ] = ["full", "read", "next", "next-read"].map(
    (word) => `${word}-token-of-this-test`,
  ) as [string, string, string, string];
  const write = (full: string, read: string) => {
    writeFileSync(apiTokenFile, full, { mode: 0o600 });
    writeFileSync(apiReadTokenFile, read, { mode: 0o600 });
  };
  write(FULL, READ);
  const { clientWith } = await daemonWith({ apiTokenFile, apiReadTokenFile });
  const statusOf = (token: string, ask: "self" | "reload") =>
    clientWith({ token })
      [ask]()
      .then(
        () => 200,
        ({ status }) => status,
      );
  expect(await statusOf(READ, "self")).toBe(200);
  expect(await statusOf(READ, "reload")).toBe(403);
  write(NEXT, NEXT_READ);
  expect(await statusOf(NEXT, "self")).toBe(401);
  expect(await clientWith({ token: FULL }).reload()).toMatchObject({
    changed: ["apiTokenFile", "apiReadTokenFile"],
    needRestart: [],
  });
  expect(await Promise.all([FULL, READ].map((token) => statusOf(token, "self")))).toEqual([
    401, 401,
  ]);
  expect(await Promise.all([NEXT, NEXT_READ].map((token) => statusOf(token, "self")))).toEqual([
    200, 200,
  ]);
  expect(await statusOf(NEXT_READ, "reload")).toBe(403);
});

test.skipIf(lacksOpenssl)(
  "a certificate that was put in the place of the old one is shown after a reload",
  async () => {
    const directory = temporaryDirectory();
    const { cert, key } = makeCertificate(directory);
    const { daemon, settings, clientWith } = await daemonWith({ apiCert: cert, apiKey: key });
    const next = makeCertificate(directory, "next");
    const [old, renewed] = [cert, next.cert].map((path) => readFileSync(path, "utf8"));
    renameSync(next.cert, cert);
    renameSync(next.key, key);
    expect(daemon.reload(settings).changed).toEqual(["apiCert", "apiKey"]);
    expect((await clientWith({ ca: renewed ?? "" }).self()).name).toBe("a");
    await expect(clientWith({ ca: old ?? "" }).self()).rejects.toThrow(/authority|certificate/);
  },
);
