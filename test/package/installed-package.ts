import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Outcome, outcomeOf } from "../e2e/run-hearsay.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** A program that hangs must not outlive its test. */
export const RUN_MS = 50_000;

const PROGRAM = join(ROOT, "test/package/program.ts");

/**
 * A new project outside this repository with the packed package in it, and nothing else. It is installed without a
 * network: there is nothing to fetch.
 */
export function installPackage(): string {
  const project = mkdtempSync(join(tmpdir(), "hearsay-package-"));
  const packed = npm(ROOT, "pack", "--ignore-scripts", "--json", "--pack-destination", project);
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
  write(project, "package.json", { name: "embedder", private: true });
  npm(project, "install", "--offline", "--ignore-scripts", `./${filename}`);
  return project;
}

/** A subproject with the program in it, compiled as strictly as can be. */
export function compileProgram(
  project: string,
  { name, type, options }: { name: string; type: "module" | "commonjs"; options: object },
): string {
  const folder = join(project, name);
  mkdirSync(folder);
  cpSync(PROGRAM, join(folder, "program.ts"));
  write(folder, "package.json", { type });
  write(folder, "tsconfig.json", {
    compilerOptions: {
      target: "ES2023",
      lib: ["ES2023"],
      strict: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      // Node's own types, as every program for Node has them, and no other.
      typeRoots: [join(ROOT, "node_modules/@types")],
      types: ["node"],
      ...options,
    },
    include: ["program.ts"],
  });
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the program does not compile:\n${stdout}`);
  return join(folder, "program.js");
}

export function runNode(words: readonly string[], cwd: string): Promise<Outcome> {
  const limits = { timeout: RUN_MS, killSignal: "SIGKILL" } as const;
  return outcomeOf(
    spawn(process.execPath, words, { cwd, stdio: ["ignore", "pipe", "pipe"], ...limits }),
  );
}

/** What a folder takes on the disk. */
export function diskBytes(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, encoding: "utf8" }).map(
    (path) => lstatSync(join(folder, path)).blocks * 512,
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

function npm(cwd: string, ...words: readonly string[]): string {
  // What npm says of itself would stand between the lines of the tests.
  return execFileSync("npm", [...words, "--loglevel=error"], { cwd, encoding: "utf8" });
}

function write(folder: string, file: string, content: object): void {
  writeFileSync(join(folder, file), JSON.stringify(content));
}
