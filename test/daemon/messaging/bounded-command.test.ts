import { readdirSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { type CommandLimits, runBounded } from "../../../src/daemon/messaging/bounded-command.ts";
import { allEnded } from "../../processes.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const LIMITS: CommandLimits = { input: "", env: {}, timeoutMs: 10_000, outputBytesMax: 1000 };

test("a command reads its input and has its environment, and what it prints comes back", async () => {
  const limits = { ...LIMITS, input: "hello\n", env: { GREETED: "world" } };
  const command = 'read word; echo "$word $GREETED"; echo oops >&2; exit 3';
  expect(await runBounded(command, limits)).toEqual({
    exitCode: 3,
    failure: null,
    stdout: "hello world\n",
    stderr: "oops\n",
  });
});

test("a command that does not read its input is none the worse", async () => {
  const input = "x".repeat(1_000_000);
  expect(await runBounded("true", { ...LIMITS, input })).toMatchObject({ exitCode: 0 });
});

test("a command that hangs is ended when its time is over", async () => {
  const outcome = await runBounded("sleep 1000", { ...LIMITS, timeoutMs: 300 });
  expect(outcome).toMatchObject({ exitCode: null, failure: "did not end within 0.3 s" });
});

/** Runs a command that says its pid by making a file of that name, ends it then, and waits for the pid's end. */
async function endOnceItSaid(command: (sayPid: string) => string): Promise<void> {
  const directory = temporaryDirectory();
  const ending = new AbortController();
  const sayPid = `: > ${directory}/`;
  const done = runBounded(command(sayPid), { ...LIMITS, signal: ending.signal });
  await vi.waitUntil(() => readdirSync(directory).length > 0, { timeout: 10_000 });
  ending.abort();
  await done;
  await allEnded(readdirSync(directory).map(Number));
}

test("the children of a command end with it", async () => {
  await endOnceItSaid((sayPid) => `sleep 1000 & ${sayPid}$!; wait`);
});

test("a command that does not want to end is not asked twice", async () => {
  await endOnceItSaid((sayPid) => `trap '' TERM; ${sayPid}$$; while true; do sleep 1; done`);
});

test("a command that prints for ever is ended, and its first words are kept", async () => {
  const outcome = await runBounded("yes", LIMITS);
  // Whether it is the signal that ends it, or the pipe that nobody reads any more, is a race.
  expect(outcome.failure).toBe("wrote more than 1000 bytes");
  expect(outcome.stdout).toBe("y\n".repeat(500));
});

test("a child left behind does not keep the command from having ended", async () => {
  const from = performance.now();
  const { exitCode, stdout } = await runBounded("sleep 20 & echo $!", LIMITS);
  expect(exitCode).toBe(0);
  expect(performance.now() - from).toBeLessThan(5000);
  process.kill(Number(stdout), "SIGKILL");
});

test("a command is ended when nobody waits for it any more", async () => {
  const signal = AbortSignal.timeout(100);
  const { failure } = await runBounded("sleep 1000", { ...LIMITS, signal });
  expect(failure).toBe("was ended with this node");
});
