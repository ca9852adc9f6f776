import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { CheckRun } from "../../../src/discovery/checks/check-outcome.ts";
import { runHttpCheck } from "../../../src/discovery/checks/http-check.ts";
import { runScriptCheck } from "../../../src/discovery/checks/script-check.ts";
import { runTcpCheck } from "../../../src/discovery/checks/tcp-check.ts";
import { freePort, serveHttp } from "../../loopback-servers.ts";
import { allEnded } from "../../processes.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const NEVER = new AbortController().signal;
const newRun = (): CheckRun => ({ signal: NEVER, isResolving: false });

describe("http", () => {
  test.each([
    [200, "passed"],
    [204, "passed"],
    [302, "failed"],
    [503, "failed"],
  ])("status %i has %s", async (status, result) => {
    const { url } = await serveHttp((_request, response) =>
      response.writeHead(status).end("how it is\n"),
    );
    expect((await runHttpCheck(url, newRun())).result).toBe(result);
  });

  test("what it said is one short line", async () => {
    const { url } = await serveHttp((_request, response) =>
      response.end(`down:\n\x1b[2J${"x".repeat(5000)}`),
    );
    const { output } = await runHttpCheck(url, newRun());
    expect(output).toMatch(/^HTTP 200 OK: down: \[2Jx+…$/);
    expect(output.length).toBeLessThanOrEqual(160);
  });

  test("a body without end is not read to its end", async () => {
    const { url } = await serveHttp((_request, response) => {
      const flood = setInterval(() => response.write("y".repeat(2000)), 1);
      response.on("close", () => clearInterval(flood));
    });
    expect((await runHttpCheck(url, newRun())).result).toBe("passed");
  });

  test("a refused connection has failed, a name that does not resolve could not be tried", async () => {
    const refused = await runHttpCheck(`http://127.0.0.1:${await freePort()}/`, newRun());
    // With an empty label it is known to be none before a name server would be asked: there may be none here.
    const unresolved = await runHttpCheck("http://nowhere..invalid/", newRun());
    expect([refused.result, unresolved.result]).toEqual(["failed", "not-run"]);
  });
});

describe("tcp", () => {
  test("a connection that comes about has passed, a refused one failed", async () => {
    const url = new URL((await serveHttp(() => undefined)).url);
    const host = "127.0.0.1";
    const open = await runTcpCheck({ host, port: Number(url.port) }, newRun());
    const closed = await runTcpCheck({ host, port: await freePort() }, newRun());
    expect([open.result, closed.result]).toEqual(["passed", "failed"]);
  });
});

describe("script", () => {
  const run = (script: string, signal = NEVER) =>
    runScriptCheck(["/bin/sh", "-c", script], { HEARSAY_SERVICE: "web" }, signal);

  test.each([
    ["echo fine", "passed", "exit code 0: fine"],
    ["echo bad >&2; exit 1", "failed", "exit code 1: bad"],
    ["exit 2", "failed", "exit code 2"],
    ["exit 3", "not-run", "exit code 3"],
    ["exit 127", "not-run", "exit code 127"],
    ["kill -TERM $$", "failed", "ended by SIGTERM"],
    ["printf $HEARSAY_SERVICE", "passed", "exit code 0: web"],
  ])("%s", async (script, result, output) => {
    expect(await run(script)).toEqual({ result, output });
  });

  test("a program that is not there, or may not be run, could not be tried", async () => {
    const missing = await runScriptCheck(["/nonexistent/check"], {}, NEVER);
    const forbidden = await runScriptCheck(["/etc/passwd"], {}, NEVER);
    expect([missing.result, forbidden.result]).toEqual(["not-run", "not-run"]);
  });

  test("one that prints for ever is ended, and proves nothing", async () => {
    const { result, output } = await run("yes hello");
    expect([result, output.slice(0, 43)]).toEqual([
      "not-run",
      "printed more than 65536 bytes and was ended",
    ]);
  });

  test("whatever it forked ends with it", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "pid");
    const { result } = await run(`sleep 60 & echo $! > ${file}; exit 0`);
    expect(result).toBe("passed");
    await allEnded([Number(readFileSync(file, "utf8"))]);
  });

  test("one that hangs ends when its time is over, with what it forked", async () => {
    const directory = temporaryDirectory();
    const file = join(directory, "pid");
    const giveUp = new AbortController();
    const ended = run(`sleep 60 & echo $! > ${file}; wait`, giveUp.signal);
    await expect
      .poll(() => existsSync(file) && readFileSync(file, "utf8").endsWith("\n"))
      .toBe(true);
    giveUp.abort();
    expect((await ended).output).toBe("ended by SIGKILL");
    await allEnded([Number(readFileSync(file, "utf8"))]);
  });
});
