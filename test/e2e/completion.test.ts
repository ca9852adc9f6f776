import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalCluster } from "../../src/cluster/local-cluster.ts";
import { directoryOfFile } from "../temporary-directory.ts";
import { localCluster } from "./local-cluster.ts";
import { ENTRY } from "./run-hearsay.ts";

let cluster: LocalCluster;
const bin = directoryOfFile();
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  cluster = localCluster(["n1"]);
  const { api } = await cluster.startOne("n1");
  const program = join(bin, "hearsay");
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${ENTRY} "$@"\n`);
  chmodSync(program, 0o755);
  env = { PATH: `${bin}:${process.env.PATH}`, HOME: bin, HEARSAY_ATTACH: api, LC_ALL: "C.UTF-8" };
});
afterAll(() => cluster.close());

/** How each shell is made to say what it would offer behind `hearsay` and the words. */
const ASK: Readonly<Record<string, (words: string) => string>> = {
  bash: (words) => `source <(hearsay completion bash)
    COMP_LINE="hearsay ${words}"; COMP_POINT=\${#COMP_LINE}; _hearsay; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // What compinit brings, as far as the script uses it: the words themselves are printed.
  zsh: (words) => `compdef() { }; _files() { echo files }; compadd() { print -l -- \${@[4,-1]} }
    _describe() { print -l -- \${(@)\${(P)3}%%:*} }
    source <(hearsay completion zsh); words=(hearsay "\${(@s: :)\${:-${words}}}"); CURRENT=\${#words}; _hearsay`,
  fish: (words) => `hearsay completion fish | source; complete -C "hearsay ${words}" | cut -f1`,
};

function offered(shell: string, words: string): string[] {
  const { stdout, stderr, status } = spawnSync(shell, ["-c", ASK[shell]?.(words) ?? ""], {
    env,
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

for (const shell of Object.keys(ASK)) {
  // In CI a missing shell is a failure: .ci/run installs them.
  const isMissing = process.env.CI === undefined && spawnSync(shell, ["-c", ""]).status !== 0;
  test.skipIf(isMissing)(`${shell} completes commands, values, and names of members`, () => {
    expect(offered(shell, "mem")).toEqual(["members"]);
    expect(offered(shell, "start --log-level w")).toEqual(["warn"]);
    expect(offered(shell, "explain ")).toEqual(["n1"]);
  });
}
