import { beforeEach, expect, test } from "vitest";
import { chooseTarget } from "../../cli/session.ts";
import { identifyProcess } from "../../src/cluster/process/process-identity.ts";
import { openStateDirectory } from "../../src/local/state-directory.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

let stateDir: string;

beforeEach(() => {
  stateDir = temporaryDirectory();
});

function rememberThisProcess(): void {
  openStateDirectory(stateDir).remember({
    v: 1,
    name: "n1",
    pid: process.pid,
    processStart: identifyProcess(process.pid)?.start ?? "",
    address: "127.0.0.1:1",
    api: "127.0.0.1:4711",
    profile: "lan",
    startedAt: new Date().toISOString(),
    log: "n1.log",
  });
}

test("--attach outranks the environment, and the environment outranks hearsay up", async () => {
  rememberThisProcess();
  const env = { HEARSAY_ATTACH: "127.0.0.1:2" };
  expect(await chooseTarget({ attach: ":1", stateDir }, env)).toEqual({
    url: "http://127.0.0.1:1",
  });
  expect(await chooseTarget({ stateDir }, env)).toEqual({ url: "http://127.0.0.1:2" });
});

test("without either, the first running daemon of hearsay up is asked", async () => {
  rememberThisProcess();
  expect(await chooseTarget({ stateDir }, {})).toEqual({ url: "http://127.0.0.1:4711" });
});

test("without any of them, the default address of a daemon is asked", async () => {
  expect(await chooseTarget({ stateDir }, {})).toEqual({ url: "http://127.0.0.1:7373" });
});
