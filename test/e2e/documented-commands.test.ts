import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { blocksIn, type CommandBlock, DOCUMENTS } from "./command-blocks.ts";
import { ENTRY, outcomeOf, spawnPlain } from "./run-hearsay.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const DOCUMENT_MS = 180_000;

/** Ports that are printed are free in a network of its own, and what was left running ends with its namespace. */
const APART = [
  ...["--net", "--map-root-user"],
  ...["--pid", "--fork", "--kill-child", "--mount-proc"],
];
const isApart = spawnSync("unshare", [...APART, "ip", "link", "set", "lo", "up"]).status === 0;
const OBSTACLE = isApart ? undefined : "needs unshare with --net and --pid, and ip";

/** Programs that a reader may have or not, and a machine for tests as well. */
const OPTIONAL = ["curl", "dig", "serf"].filter((name) => spawnSync("which", [name]).status !== 0);

/** What a document runs in: `$1` is the place of its programs. */
const PREAMBLE = `
ip link set lo up
export PATH="$1:$PATH" HOME="$PWD" HEARSAY_STATE_DIR="$PWD/.state"
terminals=()
# A command in a terminal of its own: the next one is typed when it is ready, or has ended.
terminal() {
  : >"$2" # A shell in the background may open it only after the first look.
  bash -c "exec $1" </dev/null >"$2" 2>&1 &
  terminals+=($!)
  case "$1" in *"hearsay start"*) sign='"event":"ready"' ;; *) sign=. ;; esac
  for _ in $(seq 100); do
    grep -q "$sign" "$2" && return
    kill -0 $! 2>/dev/null || return 0
    sleep 0.1
  done
}
# At the end of the document its terminals are closed by Ctrl-C.
close_terminals() {
  for pid in "\${terminals[@]}"; do kill -TERM "$pid" 2>/dev/null; wait "$pid" || echo "FAILED: exit code $? of a terminal"; done
}
block() {
  bash -euo pipefail "$1" </dev/null >"$1.out" 2>&1 || { echo "FAILED: exit code $? of line $2"; cat "$1.out"; }
}
`;

test("the documentation has commands to run, and says of each that is not run why", () => {
  const all = DOCUMENTS.flatMap((file) => blocksIn(ROOT, file));
  expect(all.filter(({ notRun }) => notRun === undefined).length).toBeGreaterThan(10);
  for (const { notRun, place } of all) expect(notRun, place).not.toBe("");
  const texts = DOCUMENTS.map((file) => readFileSync(join(ROOT, file), "utf8"));
  // One name for the language: a block of another would not be run.
  expect(texts.join("\n")).not.toMatch(/^```(bash|shell|console|zsh)/m);
});

test("every link between documents leads to a file that exists", () => {
  const broken = DOCUMENTS.flatMap((file) => {
    const links = readFileSync(join(ROOT, file), "utf8").matchAll(/\]\(([^)#:\s]+)(#[^)]*)?\)/g);
    return [...links].flatMap(([, target = ""]) =>
      existsSync(join(ROOT, dirname(file), target)) ? [] : [`${file}: ${target}`],
    );
  });
  expect(broken).toEqual([]);
});

describe.skipIf(OBSTACLE !== undefined)(`commands run as printed (${OBSTACLE ?? "bash"})`, () => {
  const files = DOCUMENTS.filter((file) => blocksIn(ROOT, file).some(isRunHere));
  test.concurrent.for(files)(
    "in %s",
    { timeout: DOCUMENT_MS },
    async (file, { expect: check, onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), "hearsay-document-"));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      writePrograms(join(folder, ".programs"));
      for (const name of ["scenarios", "docs"]) symlinkSync(join(ROOT, name), join(folder, name));
      const blocks = blocksIn(ROOT, file).filter(isRunHere);
      const script = [PREAMBLE, ...blocks.map(scriptOf(folder)), "close_terminals"].join("\n");
      writeFileSync(join(folder, ".script"), script);
      const words = [...APART, "bash", join(folder, ".script"), join(folder, ".programs")];
      const child = spawnPlain("unshare", words, { cwd: folder, withinMs: DOCUMENT_MS - 5000 });
      const { stdout, stderr, exitCode } = await outcomeOf(child);
      check({ stdout, stderr, exitCode }).toEqual({ stdout: "", stderr: "", exitCode: 0 });
    },
  );
});

function isRunHere({ notRun, text }: CommandBlock): boolean {
  return notRun === undefined && !OPTIONAL.some((name) => new RegExp(`^${name} `, "m").test(text));
}

/** A block as a piece of the document's script. */
function scriptOf(folder: string): (block: CommandBlock) => string {
  return ({ line, text, isTerminals }) => {
    const path = join(folder, `.line-${line}`);
    if (!isTerminals) {
      writeFileSync(path, text);
      return `block ${path} ${line}`;
    }
    const commands = text.split("\n").filter((each) => each.trim() !== "");
    return commands
      .map((command, at) => `terminal '${command.replaceAll("'", "'\\''")}' ${path}-${at}`)
      .join("\n");
  };
}

/** `npx hearsay` and `hearsay` are the program that was built. */
function writePrograms(folder: string): void {
  mkdirSync(folder);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  const run = `exec '${process.execPath}' '${ENTRY}' "$@"`;
  write("hearsay", run);
  write("npx", `[ "$1" = hearsay ] || { echo "npx $1 is not run here"; exit 64; }\nshift\n${run}`);
  if (!existsSync(ENTRY)) throw new Error("npm run build comes first");
}
