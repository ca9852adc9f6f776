/**
 * Builds what is published: the command and the library as one set of chunks with everything in it, their types, and
 * the licences of what was taken in. A program that installs hearsay installs nothing else.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { builtinModulesByName } from "./builtin-modules.mjs";
import { lazyStringWidth } from "./lazy-string-width.mjs";
import { leanZod } from "./lean-zod.mjs";
import { publishTypes } from "./publish-types.mjs";
import { writeNotices } from "./write-notices.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
// What an earlier build left would be published, too.
rmSync("dist", { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: [
    "cli/main.ts",
    "cli/sim/sim-worker.ts",
    "src/bench/detector/trial-worker.ts",
    "src/bench/cluster/flood-worker.ts",
    "src/bench/discovery/back-end-worker.ts",
    "src/bench/discovery/event-source-worker.ts",
    "src/bench/discovery/members-worker.ts",
    "src/index.ts",
    "src/scenario/index.ts",
  ],
  outdir: "dist",
  outbase: ".",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true,
  platform: "node",
  format: "esm",
  target: "node20",
  // Names stay as they are: stack traces are read.
  minifyWhitespace: true,
  minifySyntax: true,
  jsx: "automatic",
  // Ink would load the developer tools of React where DEV is set; they stay out.
  define: {
    "process.env.NODE_ENV": '"production"',
    "process.env.DEV": '"false"',
    HEARSAY_COMMIT: JSON.stringify(commit()),
  },
  external: ["react-devtools-core", "ws"],
  plugins: [builtinModulesByName, lazyStringWidth, leanZod],
  metafile: true,
  logLevel: "warning",
});
writeNotices(metafile, "dist/THIRD-PARTY-NOTICES.txt");
// Node looks for the type of each chunk: here it finds it at once, and need not look in every folder above.
writeFileSync("dist/chunks/package.json", '{ "type": "module" }\n');

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const entry = readFileSync("packaging/hearsay.cjs", "utf8").replace("%VERSION%", version);
writeFileSync("dist/cli/hearsay.cjs", entry, { mode: 0o755 });

execFileSync("tsc", ["-p", "src"], { stdio: "inherit" });
publishTypes({ from: "dist/declarations/src", entries: ["index.d.ts", "scenario/index.d.ts"] });
rmSync("dist/declarations", { recursive: true });

/** The commit that is built; empty where this is not a clone. */
function commit() {
  const { stdout } = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], { encoding: "utf8" });
  return (stdout ?? "").trim();
}
