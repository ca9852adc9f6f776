import { spawn } from "node:child_process";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { NO_TMUX, Terminal } from "./terminal.ts";

describe.skipIf(NO_TMUX !== undefined)(`a terminal of the tests (${NO_TMUX ?? "tmux"})`, () => {
  test("ends with the process that opened it, also when that is killed", async () => {
    const owner = spawn("sleep", ["60"]);
    onTestFinished(() => void owner.kill("SIGKILL"));
    const terminal = await Terminal.open(80, 24, owner.pid);
    onTestFinished(() => terminal.close());
    expect(await terminal.isOpen()).toBe(true);
    owner.kill("SIGKILL");
    await vi.waitUntil(async () => !(await terminal.isOpen()), { timeout: 10_000, interval: 50 });
  });
});
