import { readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterEach, describe, expect, test } from "vitest";
import { openApi } from "../../control/api.ts";
import { FakeNode, member } from "../../control/fake-node.ts";
import { serveHttp } from "../../loopback-servers.ts";
import { directoryOfFile } from "../../temporary-directory.ts";
import { runHearsay } from "../run-hearsay.ts";
import { NO_TMUX, Terminal } from "./terminal.ts";

const folder = directoryOfFile();
const terminals: Terminal[] = [];

afterEach(async () => {
  for (const terminal of terminals.splice(0)) await terminal.close();
});

function threeMembers(): FakeNode {
  const node = new FakeNode();
  node.members = [member("n0", "alive", false), member("n1", "alive"), member("n2", "suspect")];
  return node;
}

test("without a terminal one frame is printed, as plain text, and the exit code is 0", async () => {
  const { url } = await openApi(threeMembers());
  const { exitCode, stdout, stderr } = await runHearsay(["dashboard", "--attach", url]);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(stdout).not.toContain("\x1b");
  expect(stdout).toMatch(/DEGRADED {2}2 alive 1 suspect of 3/);
  expect(stdout.trimEnd().split("\n")).toHaveLength(24);
});

test("a node with an older API is one line that says which side is to be renewed, and exit code 3", async () => {
  const { url } = await serveHttp((_, response) =>
    response.setHeader("x-hearsay-start-id", "00").end('{"v":0}'),
  );
  const outcome = await runHearsay(["dashboard", "--attach", url]);
  expect(outcome).toMatchObject({ exitCode: 3, stdout: "" });
  expect(outcome.stderr).toMatch(/^hearsay: .* version 0 of the control API.*newer hearsay.*\n$/);
});

test("without a terminal there is nothing to record: one line, exit code 2", async () => {
  const { url } = await openApi(threeMembers());
  const outcome = await runHearsay(["dashboard", "--attach", url, "--record", "x.cast"]);
  expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
  expect(outcome.stderr).toMatch(/^hearsay: --record: .*terminal.*\n$/);
});

async function open(columns: number, rows: number): Promise<Terminal> {
  const terminal = await Terminal.open(columns, rows);
  terminals.push(terminal);
  return terminal;
}

describe.skipIf(NO_TMUX !== undefined)(`in a real terminal (${NO_TMUX ?? "tmux"})`, () => {
  test("a file that cannot be recorded to is one line, and exit code 2", async () => {
    const { url } = await openApi(threeMembers());
    const terminal = await open(80, 24);
    await terminal.command("dashboard", "--attach", url, "--record", "/nowhere/x.cast");
    await terminal.untilSeen("left with 2");
    expect(await terminal.screen()).toMatch(
      /hearsay: record: "\/nowhere\/x.cast" cannot be written/,
    );
  });

  test("a recording holds what was shown, as an asciicast", async () => {
    const { url } = await openApi(threeMembers());
    const path = join(folder, "run.cast");
    const terminal = await open(90, 26);
    await terminal.command("dashboard", "--attach", url, "--record", path);
    await terminal.untilSeen("DEGRADED");
    await terminal.resize(100, 30);
    await terminal.untilSeen((screen) => screen.split("\n").length === 30);
    await terminal.keys("q");
    await terminal.untilSeen("left with 0");
    const [header, ...events] = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(header).toMatchObject({ version: 2, width: 90, height: 26 });
    expect(events.map(([, kind]) => kind)).toContain("r");
    expect(events.map(([, , text]) => text).join("")).toContain("DEGRADED");
    expect(events.every(([at], place) => at >= (events[place - 1]?.[0] ?? 0))).toBe(true);
  }, 30_000);

  test("when a component breaks, the terminal is as it was and the error is told", async () => {
    const { url } = await openApi(threeMembers());
    const program = join(folder, "crashing.js");
    await build({
      entryPoints: [join(import.meta.dirname, "crashing.tsx")],
      outdir: folder,
      bundle: true,
      splitting: true,
      platform: "node",
      format: "esm",
      jsx: "automatic",
      define: { "process.env.NODE_ENV": '"production"' },
      external: ["react-devtools-core"],
      banner: {
        js: 'import{createRequire as c}from"node:module";const require=c(import.meta.url);',
      },
      logLevel: "error",
    });
    const terminal = await open(80, 24);
    await terminal.type(`${process.execPath} ${program} ${url}; echo "left with $?"`);
    await terminal.untilSeen("left with 70");
    expect(await terminal.screen()).toContain("crashed: a component broke");
    expect(await terminal.state()).toEqual({ cursor: true, alternate: false });
    await terminal.type("stty -a | grep -ow -- '-*echo'");
    await terminal.untilSeen(/^echo$/m);
  }, 30_000);
});
