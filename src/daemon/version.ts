import { readFileSync } from "node:fs";

/** Set where this is built; the sources run without it. */
declare const HEARSAY_COMMIT: string | undefined;

/** The folder of this package: sources, build and bundle lie at different depths below it. */
export function packageRoot(): URL | undefined {
  for (let at = new URL("./", import.meta.url); at.pathname !== "/"; at = new URL("../", at)) {
    if (versionIn(new URL("package.json", at)) !== undefined) return at;
  }
  return undefined;
}

/** The version of this package. */
export function packageVersion(): string {
  const root = packageRoot();
  return (root && versionIn(new URL("package.json", root))) ?? "unknown";
}

/** The commit that this was built from, abbreviated; `unknown` where there was no repository. */
export function buildCommit(): string {
  return typeof HEARSAY_COMMIT === "string" && HEARSAY_COMMIT !== "" ? HEARSAY_COMMIT : "unknown";
}

function versionIn(file: URL): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, "utf8")) as {
      name?: unknown;
      version?: unknown;
    };
    return name === "hearsay" && typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}
