import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const INSTALLED = "node_modules/";

/**
 * Writes the licences of all packages that were bundled, as most of them demand.
 *
 * @param {import("esbuild").Metafile} metafile
 * @param {string} path
 */
export function writeNotices(metafile, path) {
  // What a plugin made stands for a file that is an input, too.
  const files = Object.keys(metafile.inputs).filter((input) => !/^[\w-]+:/.test(input));
  const folders = new Set(files.flatMap((input) => packageFolder(input)));
  const notices = [...folders].sort().map(noticeOf);
  const head = "hearsay contains these packages. Their licences:\n";
  writeFileSync(path, [head, ...notices].join(`\n${"-".repeat(80)}\n\n`));
}

/** @param {string} input */
function packageFolder(input) {
  const at = input.lastIndexOf(INSTALLED);
  if (at < 0) return [];
  const [scope = "", name = ""] = input.slice(at + INSTALLED.length).split("/");
  const folder = scope.startsWith("@") ? `${scope}/${name}` : scope;
  return [`${input.slice(0, at + INSTALLED.length)}${folder}`];
}

/** @param {string} folder */
function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  if (files.length === 0 && typeof license !== "string") {
    throw new Error(`${name} is bundled and names no licence; it cannot be published`);
  }
  const texts = files.sort().map((file) => readFileSync(join(folder, file), "utf8").trim());
  return [`${name} ${version} (${license})`, ...texts].join("\n\n").concat("\n");
}
