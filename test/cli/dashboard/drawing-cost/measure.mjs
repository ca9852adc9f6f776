/** Prints the figures of docs/decisions/0006: node test/cli/dashboard/drawing-cost/measure.mjs */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
// Below the package, so that Ink is found.
const modules = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const directory = mkdtempSync(join(modules, ".drawing-cost-"));
try {
  const outfile = join(directory, "frames.mjs");
  await build({
    entryPoints: [join(here, "frames.tsx")],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    jsx: "automatic",
    logLevel: "warning",
  });
  const env = { ...process.env, NODE_ENV: "production", DEV: undefined };
  spawnSync(process.execPath, ["--expose-gc", outfile], { stdio: "inherit", env });
} finally {
  rmSync(directory, { recursive: true });
}
