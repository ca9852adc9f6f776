import { readFileSync } from "node:fs";

/** The version of this package, from the nearest package.json above: sources and build lie at different depths. */
export function packageVersion(): string {
  for (let at = new URL("./", import.meta.url); at.pathname !== "/"; at = new URL("../", at)) {
    const version = versionIn(new URL("package.json", at));
    if (version !== undefined) return version;
  }
  return "unknown";
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
