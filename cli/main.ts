#!/usr/bin/env node
import * as nodeModule from "node:module";
import { packageVersion } from "../src/daemon/version.ts";
import { guardOutput } from "./guard-output.ts";

const words = process.argv.slice(2);
if (words.length === 1 && (words[0] === "--version" || words[0] === "-v")) {
  guardOutput();
  process.stdout.write(`${packageVersion()}\n`);
} else {
  keepCompiledCode();
  const { runCommandLine } = await import("./command-line.ts");
  await runCommandLine(words);
}

/** Node 22.1 and later can keep what they compiled for the next start. */
function keepCompiledCode(): void {
  const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => unknown };
  enableCompileCache?.();
}
