#!/usr/bin/env node
// The command. CommonJS, because Node starts it with less work than a module: --version is answered before anything is loaded.
"use strict";
const VERSION = "%VERSION%";
const word = process.argv.length === 3 ? process.argv[2] : undefined;

if ((word !== "--version" && word !== "-v") || !isWritten(`${VERSION}\n`)) {
  const { enableCompileCache, flushCompileCache } = require("node:module");
  // Node 22.1 and later can keep what they compiled for the next start.
  enableCompileCache?.();
  // Others keep it when they end; a daemon runs for weeks.
  if (flushCompileCache !== undefined) setTimeout(flushCompileCache, 3000).unref();
  void import("./main.js").catch(endWithoutFiles);
}

/** Where the program itself cannot be opened, it cannot say so; `judgeError` has the same words for later. */
function endWithoutFiles(error) {
  if (error.code !== "EMFILE") throw error;
  process.exitCode = 1;
  process.stderr.write(
    "hearsay: this process may open no more files; raise its limit to 256 or more (ulimit -n, LimitNOFILE)\n",
  );
}

/** Where it cannot be written, the program tries again, and says why. */
function isWritten(text) {
  try {
    return require("node:fs").writeSync(1, text) === text.length;
  } catch {
    return false;
  }
}
