import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const MODULES = "dist/src";
const COMMON_JS = "dist/cjs";
const IMPORT = /(\bfrom\s+"|\bimport\(\s*")([^"]+)(")/g;

/**
 * Publishes the declarations that the entries of the package reach, once beside the modules and once for CommonJS.
 *
 * @param {{ from: string, entries: readonly string[] }} options
 */
export function publishTypes({ from, entries }) {
  for (const [path, text] of reachedFrom(from, entries)) {
    write(join(MODULES, path), text);
    write(join(COMMON_JS, path), text);
  }
  // Node 20.19 and later can require a module. So there is one copy of each class, however it was loaded.
  write(join(COMMON_JS, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  for (const entry of entries) {
    const script = entry.replace(/\.d\.ts$/, ".js");
    const up = "../".repeat(entry.split("/").length);
    write(join(COMMON_JS, script), `module.exports = require("${up}src/${script}");\n`);
  }
}

/**
 * Each declaration by its path. Types of a dependency would have to be installed by whoever uses hearsay with strict
 * checks, and nothing is installed with it.
 *
 * @param {string} root
 * @param {readonly string[]} entries
 */
function reachedFrom(root, entries) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    const text = readFileSync(join(root, path), "utf8");
    for (const [, , target = ""] of text.matchAll(IMPORT)) {
      if (target.startsWith(".")) {
        open.push(join(dirname(path), target.replace(/\.ts$/, ".d.ts")));
      } else if (!target.startsWith("node:")) {
        throw new Error(
          `${path} is published and has types of ${target}; keep them out of what the entries export`,
        );
      }
    }
    found.set(path, text.replaceAll(IMPORT, fileNameOfScript));
  }
  return found;
}

/** Older compilers know `./x.js` alone. @type {(all: string, before: string, target: string, after: string) => string} */
function fileNameOfScript(_all, before, target, after) {
  return `${before}${target.replace(/^(\..*)\.ts$/, "$1.js")}${after}`;
}

/**
 * @param {string} path
 * @param {string} text
 */
function write(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
